import bz2
import gzip
import io
import lzma
import zipfile
import zlib


def solve():
    data = b"abc" * 10_000
    sizes = [len(codec.compress(data)) for codec in (zlib, bz2, lzma)]
    same = [codec.decompress(codec.compress(data)) == data for codec in (zlib, bz2, lzma, gzip)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("name.txt", "text")
    return [sizes, same, zipfile.ZipFile(file).read("name.txt").decode()]
