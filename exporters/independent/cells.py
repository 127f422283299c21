"""Compares the files of delivered sets cell by cell, by readers that share no code with reportjob.

The CSV file of locale en, as Python's csv module reads it, is what the others are held against. Exit status 1 if any
cell says something else.
"""

import csv
import datetime as dt
import glob
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal, InvalidOperation

csv.field_size_limit(1 << 30)
EXCEL_DAY = dt.datetime(1899, 12, 30)


def bare(kind, text):
    """A text without the apostrophe by which a formula is kept from being one."""
    return text[1:] if kind in ("text", "code", "list") and text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r", "\n", "'") else text


def number(value):
    try:
        return Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        return None


def wall(text):
    """What a clock shows: RFC 3339 without its offset, or a locale's form."""
    for form in ("%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S,%f", "%Y-%m-%d %H:%M:%S.%f"):
        try:
            return dt.datetime.strptime(text, form)
        except ValueError:
            pass
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=None)


def seconds(value):
    """A length of time, whatever a reader made of it."""
    if isinstance(value, dt.timedelta):
        return Decimal(str(value.total_seconds()))
    if isinstance(value, dt.datetime):
        return Decimal(str((value - EXCEL_DAY).total_seconds()))
    if isinstance(value, dt.time):
        return Decimal(value.hour * 3600 + value.minute * 60 + value.second) + Decimal(value.microsecond) / 1000000
    if isinstance(value, str) and value[-3:] in (" AM", " PM"):  # LibreOffice exports what it would let one edit
        hours, rest = value[:-3].split(":", 1)
        return seconds(f"{int(hours) % 12 + 12 * (value[-2] == 'P')}:{rest}")
    if isinstance(value, str) and ":" in value:
        hours, minutes, rest = value.lstrip("-").split(":")
        total = Decimal(hours) * 3600 + Decimal(minutes) * 60 + Decimal(rest)
        return -total if value.startswith("-") else total
    return number(value)


def same(kind, want, got):
    """Tells whether a cell says what it should; want is text as in CSV."""
    if got is None:
        got = ""
    if want == "" or got == "":
        return want == got
    if kind in ("int", "decimal", "money"):
        return number(want) == number(got)
    if kind == "bool":
        return want == str(got).lower()
    if kind == "date":
        if isinstance(got, dt.datetime):
            got = got.date()
        return want == (got.isoformat() if isinstance(got, dt.date) else local_date(str(got)))
    if kind == "time":
        got = got if isinstance(got, dt.datetime) else wall(str(got))
        return abs(wall(want) - got) < dt.timedelta(milliseconds=1)
    if kind == "duration":
        return abs(seconds(want) - seconds(got)) < Decimal("0.001")
    return want == bare(kind, str(got))


def understood(kind, want, got):
    try:
        return same(kind, want, got)
    except (ValueError, TypeError, InvalidOperation):
        return False  # the reader gave what is no such thing at all


def local_date(text):
    return "-".join(reversed(text.split("."))) if "." in text else text


def read_csv(file, separator=","):
    return list(csv.reader(file, delimiter=separator))[1:]


def openpyxl_rows(path):
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))[1:]
    book.close()
    return rows


def libreoffice_rows(path):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to",
             "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true,false", "--outdir", folder, path],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
        with open(glob.glob(folder + "/*.csv")[0], newline="", encoding="utf-8") as file:
            return read_csv(file)


def duckdb_rows(query):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "duckdb.mjs")
    done = subprocess.run(["node", script, os.environ["DUCKDB"], query], check=True, capture_output=True, text=True, encoding="utf-8")
    return [json.loads(line) for line in done.stdout.split("\n")[1:] if line]


def duckdb_parquet(path, columns, zone):
    """Types are DuckDB's own: what it takes for a time must be one, or the function fails."""
    forms = {"time": "strftime(timezone('{zone}', {name}), '%Y-%m-%d %H:%M:%S.%f')", "date": "strftime({name}, '%Y-%m-%d')"}
    typed = {"int": "bigint", "decimal": "decimal(38,9)", "money": "decimal(38,9)", "bool": "boolean", "duration": "decimal(18,9)"}
    parts = []
    for column in columns:
        name, kind = '"' + column["name"] + '"', column["kind"]
        if kind in typed:  # a cast to its own type would hide another one
            parts.append(f"case when typeof({name}) in ('{typed[kind].upper()}', '\"NULL\"') then {name}::varchar else 'of type ' || typeof({name}) end")
        else:
            parts.append(forms.get(kind, "{name}").format(zone=zone, name=name))
    return duckdb_rows(f"select {', '.join(parts)} from read_parquet('{path}')")


def json_rows(lines, columns):
    rows = []
    for line in lines:
        row = json.loads(line, parse_int=str, parse_float=str)
        assert list(row) == [c["name"] for c in columns], "members are not the columns"
        rows.append([str(v).lower() if isinstance(v, bool) else v for v in row.values()])
    return rows


def readers(base, local, columns, zone):
    """The readers of a set's files, by name; what is missing says so."""
    yield "python csv, de-DE", lambda: read_csv(open(local + ".csv", newline="", encoding="utf-8-sig"), ";")
    yield "python gzip and csv", lambda: read_csv(gzip.open(base + ".csv.gz", "rt", newline="", encoding="utf-8"))
    yield "python json", lambda: json_rows(open(base + ".jsonl", encoding="utf-8", newline="\n"), columns)
    yield "python gzip and json", lambda: json_rows(gzip.open(base + ".jsonl.gz", "rt", encoding="utf-8", newline="\n"), columns)
    if has("openpyxl"):
        yield "openpyxl", lambda: openpyxl_rows(base + ".xlsx")
    if has("soffice"):
        yield "LibreOffice", lambda: libreoffice_rows(base + ".xlsx")
    if has("DuckDB"):
        yield "DuckDB, parquet", lambda: duckdb_parquet(base + ".parquet", columns, zone)
        text = "select * from read_csv('{}', all_varchar=true, header=true, delim=',', quote='\"', escape='\"', nullstr='', max_line_size=67108864)"
        for end in ("csv", "csv.gz", "csv.zst"):
            yield "DuckDB, " + end, lambda end=end: duckdb_rows(text.format(base + "." + end))
        names = ", ".join(f"'{c['name']}': 'VARCHAR'" for c in columns)
        lines = "select * from read_json('{}', format='newline_delimited', columns={{" + names.replace("{", "{{") + "}})"
        for end in ("jsonl.zst",):
            yield "DuckDB, " + end, lambda end=end: duckdb_rows(lines.format(base + "." + end))


def has(what):
    if what == "openpyxl":
        try:
            import openpyxl  # noqa: F401
            return True
        except ImportError:
            return False
    if what == "DuckDB":
        return bool(os.environ.get("DUCKDB")) and shutil.which("node") is not None
    return shutil.which(what) is not None


def check(manifest, work):
    with open(manifest, encoding="utf-8") as file:
        said = json.load(file)
    base = manifest[: -len(".manifest.json")]
    local = base.replace(os.path.join(work, "en"), os.path.join(work, "de-DE"), 1)
    columns, zone = said["columns"], said["window"]["zone"]
    with open(base + ".csv", newline="", encoding="utf-8") as file:
        want = [[bare(c["kind"], cell) for c, cell in zip(columns, row)] for row in read_csv(file)]
    wrong, held = 0, 0
    for name, read in readers(base, local, columns, zone):
        rows = read()
        if len(rows) != len(want):
            print(f"{said['report']}, {name}: {len(rows)} rows, expected {len(want)}")
            wrong += 1
        for n, (a, b) in enumerate(zip(want, rows), 1):
            b = list(b) + [None] * (len(a) - len(b))
            for column, x, y in zip(columns, a, b):
                held += 1
                if not understood(column["kind"], x, y):
                    wrong += 1
                    if wrong <= 20:
                        print(f"{said['report']}, {name}: row {n}, {column['kind']} {column['name']}: {y!r}, expected {x!r}")
    return wrong, held


def main():
    work = sys.argv[1]
    for what, why in (("openpyxl", "python3-openpyxl"), ("soffice", "LibreOffice"), ("DuckDB", "npm and node")):
        if not has(what):
            print(f"passed over: {what} needs {why}")
    wrong = held = 0
    for manifest in sorted(glob.glob(os.path.join(work, "en", "*", "*.manifest.json"))):
        w, h = check(manifest, work)
        wrong, held = wrong + w, held + h
    print(f"{held} cells held against other readers, {wrong} differ")
    sys.exit(1 if wrong or not held else 0)


main()
