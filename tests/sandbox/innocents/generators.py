def primes():
    found = []
    number = 2
    while True:
        if all(number % prime for prime in found):
            found.append(number)
            yield number
        number += 1


def averager():
    total = count = 0
    average = None
    while True:
        value = yield average
        total, count = total + value, count + 1
        average = total / count


def solve():
    average = averager()
    next(average)
    stream = primes()
    return [[next(stream) for _ in range(30)], [average.send(value) for value in (1, 2, 6)]]
