def solve():
    import numpy.fft
    import numpy.ma
    import numpy.polynomial

    spectrum = numpy.abs(numpy.fft.fft(numpy.arange(8.0))).round(6).tolist()
    roots = numpy.polynomial.Polynomial([6, -5, 1]).roots().round(6).tolist()
    return [spectrum, roots, int(numpy.ma.masked_less(numpy.arange(5), 2).sum())]
