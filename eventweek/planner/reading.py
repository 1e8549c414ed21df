"""What is wrong with the shape of a file: where, what, and the cure, in Chinese and English.

`msgspec` reads fast and stops at the first fault; these functions look at a file that it refused, and name them all.
"""

import json
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import inspect

Fault = tuple[str, str]
"""A sentence, Chinese and English."""

WHOLE, NUMBER, TEXT, SWITCH = (
    ("整数", "a whole number"),
    ("数", "a number"),
    ("文字", "text"),
    ("true 或 false", "true or false"),
)
LIST, OBJECT, NOTHING = ("列表 […]", "a list […]"), ("对象 {…}", "an object {…}"), ("null", "null")
FOUND = {bool: SWITCH, int: WHOLE, float: NUMBER, str: TEXT, list: LIST, dict: OBJECT, type(None): NOTHING}
SCALARS: dict[type, tuple[Fault, tuple[type, ...]]] = {
    inspect.IntType: (WHOLE, (int,)),
    inspect.FloatType: (NUMBER, (int, float)),
    inspect.StrType: (TEXT, (str,)),
    inspect.BoolType: (SWITCH, (bool,)),
}


def faults_of(data: bytes | str, shape: type[msgspec.Struct], error: Exception) -> list[Fault]:
    """Return a sentence for each fault in a file that should hold a record of this shape, but raised `error`."""
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as malformed:
        return [_malformed(malformed)]
    config = shape.__struct_config__
    found = raw.get(config.tag_field, config.tag) if isinstance(raw, dict) and config.tag_field else config.tag
    if found != config.tag:
        return [
            (
                f"$.{config.tag_field}：文件的格式版本是 {_shown(found)}，"
                f"这里只能读取“{config.tag}”。请转换文件，或更新软件。",
                f"$.{config.tag_field}: the file has format {_shown(found)}, but only “{config.tag}” can be read here. "
                "Convert the file, or update the software.",
            )
        ]
    faults = list(_wrong(raw, inspect.type_info(shape), "$"))
    return faults or [
        (f"文件不符合格式，请按说明修改：{error}", f"The file does not follow the format; mend it: {error}")
    ]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like this one, None where none is like it."""
    return next(iter(get_close_matches(name, sorted(known), 1, 0.5)), None)


def _malformed(error: Exception) -> Fault:
    return (
        f"文件不是完整的 UTF-8 编码 JSON（{error}）。请用能导出 JSON 的工具重新保存。",
        f"The file is not whole JSON in UTF-8 ({error}). Save it anew with a tool that writes JSON.",
    )


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


def _wrong(value: Any, shape: inspect.Type, path: str) -> Iterator[Fault]:
    """Yield what is wrong with one value, or with what it holds."""
    if isinstance(shape, inspect.UnionType):
        if value is not None:
            yield from _wrong(value, next(one for one in shape.types if not isinstance(one, inspect.NoneType)), path)
    elif isinstance(shape, inspect.StructType):
        yield from _wrong_record(value, shape, path)
    elif isinstance(shape, inspect.ListType | inspect.TupleType):
        yield from _wrong_list(value, shape, path)
    elif isinstance(shape, inspect.DictType):
        yield from _wrong_names(value, shape, path)
    elif isinstance(shape, inspect.LiteralType):
        if value not in shape.values:
            yield _no_choice(path, value, [str(one) for one in shape.values])
    else:
        want, types = SCALARS[type(shape)]
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            yield _expected(path, want, value)


def _wrong_record(value: Any, shape: inspect.StructType, path: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield _expected(path, OBJECT, value)
        return
    known = {field.encode_name: field for field in shape.fields}
    for name in value:
        if name not in known and name != shape.tag_field and shape.forbid_unknown_fields:
            yield _unknown(path, name, known)
    for name, field in known.items():
        if name in value:
            yield from _wrong(value[name], field.type, f"{path}.{name}")
        elif field.required:
            yield f"{path}：缺少必填字段“{name}”。请补上。", f"{path}: the field “{name}” is missing. Add it."


def _wrong_list(value: Any, shape: inspect.ListType | inspect.TupleType, path: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield _expected(path, LIST, value)
        return
    if isinstance(shape, inspect.TupleType) and len(value) != len(shape.item_types):
        size = len(shape.item_types)
        yield (
            f"{path}：应有 {size} 个值，实际有 {len(value)} 个。请写成 {size} 个值的列表。",
            f"{path}: expected {size} values, found {len(value)}. Write a list of {size}.",
        )
        return
    shapes = shape.item_types if isinstance(shape, inspect.TupleType) else [shape.item_type] * len(value)
    for n, (one, of) in enumerate(zip(value, shapes, strict=True)):
        yield from _wrong(one, of, f"{path}[{n}]")


def _wrong_names(value: Any, shape: inspect.DictType, path: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield _expected(path, OBJECT, value)
        return
    for name, one in value.items():
        yield from _wrong(one, shape.value_type, f"{path}.{name}")


def _expected(path: str, want: Fault, value: Any) -> Fault:
    zh, en = FOUND[type(value)]
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        zh, en = f"{zh} {_shown(value)}", f"{en} {_shown(value)}"
    return (
        f"{path}：这里应是{want[0]}，实际是{zh}。请改成{want[0]}。",
        f"{path}: expected {want[1]}, found {en}. Write {want[1]} there.",
    )


def _unknown(path: str, name: str, known: Iterable[str]) -> Fault:
    near = nearest(name, known)
    if near:
        cure = f"是否应为“{near}”？请更正。", f"Did you mean “{near}”? Correct it."
    else:
        cure = f"请删去，或使用：{'、'.join(known)}。", f"Remove it, or use one of: {', '.join(known)}."
    return f"{path}：没有“{name}”这个字段。{cure[0]}", f"{path}: there is no field “{name}”. {cure[1]}"


def _no_choice(path: str, value: Any, choices: list[str]) -> Fault:
    return (
        f"{path}：{_shown(value)} 不是可用的值。请选用：{'、'.join(choices)}。",
        f"{path}: {_shown(value)} is not one of the values. Use one of: {', '.join(choices)}.",
    )
