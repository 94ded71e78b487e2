"""The floors as a table, and what each source text says that its floor forbids.

Owns the reading of syntax trees; which files are read, and that none may be missing, is the tests' business.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath

FLOORS = {
    "model": 0, "v1": 0,  # generated, so it rests on nothing of ours; HOMES says who may use it
    "rulefiles": 1, "measures": 1, "remedies": 1,
    "matching": 2, "evaluation": 2, "ledger": 2,
    "operations": 3, "batch": 3,
    "reports": 4, "edge": 4,
    "command_line": 5, "composition": 5, "settings": 5, "logs": 5, "__main__": 5,
}  # fmt: skip
TOP = 5

# Who alone may import what, a room or a module; clients stand outside malus and may import grpc and malus.v1.
HOMES = {
    "durable": {"matching"}, "durable_engine": {"matching"}, "durable_rules_engine": {"matching"},
    "sqlalchemy": {"ledger"}, "alembic": {"ledger"}, "psycopg": {"ledger"}, "pysqlite3": {"ledger"},
    "sqlite3": {"ledger"},
    "grpc": {"edge"}, "grpc_health": {"edge"}, "grpc_reflection": {"edge"}, "grpc_status": {"edge"},
    "malus.v1": {"edge"},
    "pyspark": {"malus/batch/spark.py"}, "py4j": {"malus/batch/spark.py"},
}  # fmt: skip

# What a pure answer cannot depend on: clock, file, network, environment, log, chance and other processes.
OUTSIDE_WORLD = {
    "asyncio", "fileinput", "getpass", "glob", "http", "locale", "logging", "multiprocessing", "os",
    "pathlib", "platform", "random", "requests", "secrets", "select", "shutil", "socket", "sqlite3", "ssl",
    "structlog", "subprocess", "sys", "tempfile", "time", "urllib", "uuid",
}  # fmt: skip
CLOCK_READINGS = {"now", "today", "utcnow"}  # of datetime, date, and whatever else is called a clock
BINARY_FLOATS = {"float16", "float32", "float64", "double"}
OPENINGS = {"open", "print", "input"}
PATH_OPENINGS = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}  # as methods only

# Each leave has its reason; one that nothing takes up any more is a fault of this table.
LEAVES = {
    # A rule set that crashes the engine crashes a child of the guard instead, by this very interpreter.
    "malus/matching/guard.py": {"subprocess", "sys"},
}


def faults(path: str, text: str) -> Iterator[str]:
    """Yield `line: what` for each thing in the text that its place forbids.

    path: of the module, beneath the source root, e.g. "malus/model/money.py".
    """
    room = PurePosixPath(path).parts[1].removesuffix(".py")
    if room in {"__init__", "v1"}:
        return
    if room not in FLOORS:
        yield f"1: {room} stands on no floor"
        return
    tree = ast.parse(text)
    for line, name in sorted(_imports(tree, path)):
        yield from (f"{line}: {what}" for what in _import_faults(room, path, name))
    if FLOORS[room] <= 2:
        yield from _impure(tree, room)


def _imports(tree: ast.Module, path: str) -> set[tuple[int, str]]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(node.lineno, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*PurePosixPath(path).parts[: -node.level], *filter(None, [node.module])])
            # `from malus import v1` and `from malus.edge import server` both name a room.
            found |= {(node.lineno, f"{base}.{alias.name}" if base == "malus" else base) for alias in node.names}
    return found


def _import_faults(room: str, path: str, name: str) -> Iterator[str]:
    top, *rest = name.split(".")
    floor = FLOORS[room]
    if top == "service":
        yield "the package is malus; service is only where it lies"
    if top == "malus" and rest:
        other = FLOORS.get(rest[0])
        if other is None:
            yield f"malus.{rest[0]} stands on no floor"
        elif rest[0] != room and other >= floor and floor != TOP:
            yield f"{room} [{floor}] imports {rest[0]} [{other}]"
    for package, homes in HOMES.items():
        if (name == package or name.startswith(f"{package}.")) and not {room, path} & homes:
            yield f"{package} is imported only in {' and '.join(sorted(homes))}"
    if floor == 0 and top != "malus" and top not in sys.stdlib_module_names:
        yield f"{top} is not of the standard library"
    if floor <= 2 and room != "ledger" and top in OUTSIDE_WORLD - LEAVES.get(path, set()):
        yield f"{top} reaches outside floors 0 to 2"


def _impure(tree: ast.Module, room: str) -> Iterator[str]:
    for node in ast.walk(tree):
        what = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            what = f"{node.value!r} is a binary floating-point literal"
        elif isinstance(node, ast.Attribute) and node.attr in BINARY_FLOATS:
            what = f".{node.attr} is a binary floating-point type"
        elif isinstance(node, ast.Attribute) and node.attr in CLOCK_READINGS and room != "ledger":
            what = f".{node.attr} reads a clock"
        elif isinstance(node, ast.Call):
            what = _call_fault(node, room)
        if what:
            yield f"{node.lineno}: {what}"


def _call_fault(call: ast.Call, room: str) -> str:
    word = _last_word(call.func)
    if word == "float":
        return "float() leaves exact numbers"
    if word == "Decimal" and not _is_exact(call):
        return "Decimal() of something that may be a binary float"
    if word in (OPENINGS if isinstance(call.func, ast.Name) else PATH_OPENINGS) and room != "ledger":
        return f"{word}() reaches outside floors 0 to 2"
    return ""


def _last_word(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_exact(call: ast.Call) -> bool:
    # A quotient is the way in which a float arises without being written; types hold the rest.
    return not any(
        isinstance(node, ast.Div) or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        for argument in call.args
        for node in ast.walk(argument)
    )
