import uuid


def solve():
    shapes = [uuid.uuid1().version, uuid.uuid4().version, len(str(uuid.uuid4()))]
    return [shapes, str(uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"))]
