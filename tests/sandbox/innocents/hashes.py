import hashlib
import hmac
import zlib


def solve():
    names = ("md5", "sha1", "sha256", "sha3_256", "blake2b")
    digests = [hashlib.new(name, b"text").hexdigest() for name in names]
    slow = hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 1_000).hex()
    return [digests, slow, hmac.new(b"key", b"text", "sha256").hexdigest(), zlib.crc32(b"text"), hash("text")]
