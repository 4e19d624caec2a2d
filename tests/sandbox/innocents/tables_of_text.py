import configparser
import csv
import io
import tomllib
from xml.etree import ElementTree as ET


def solve():
    rows = list(csv.DictReader(io.StringIO('name,age\n"Ada, L.",36\nAlan,41\n')))
    out = io.StringIO()
    csv.writer(out).writerows([[1, "a b"], [2, 'c"d']])
    parser = configparser.ConfigParser()
    parser.read_string("[part]\nkey = 1\n")
    tree = ET.fromstring("<a><b c='1'/><b c='2'/></a>")
    return [rows, out.getvalue(), parser["part"].getint("key"), tomllib.loads("x = [1, 2]"), [b.get("c") for b in tree]]
