import abc
import types
import weakref
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")


class Registry(type):
    classes: ClassVar = []

    def __new__(cls, name, bases, body):
        made = super().__new__(cls, name, bases, body)
        cls.classes.append(name)
        return made


class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner):
        return getattr(instance, self.name)

    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError(value)
        setattr(instance, self.name, value)


class Account(metaclass=Registry):
    balance = Positive()


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


@runtime_checkable
class Sized(Protocol):
    def __len__(self): ...


class Box(Generic[T]):
    def __class_getitem__(cls, item):
        return super().__class_getitem__(item)


def solve():
    account = Account()
    account.balance = 5
    try:
        account.balance = -1
    except ValueError as error:
        refused = str(error)
    try:
        Shape()
    except TypeError:
        abstract = True
    watched = weakref.ref(account)
    space = types.SimpleNamespace(a=1)
    return [Registry.classes, account.balance, refused, abstract, isinstance([], Sized), watched() is account, space.a]
