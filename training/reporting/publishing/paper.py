"""A Markdown document as a PDF, by typst: the part of Markdown that our documents use, and nothing else.

The rule: what a document says becomes text, never typst code, so that no character of a figure or a name is taken for
a command. The same Markdown and pictures give the same bytes.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import typst
from markdown_it import MarkdownIt
from markdown_it.token import Token

import scoring
from scoring.errors import TrainingError

_PAGE = """
#set document(title: {title})
#set page(paper: "a4", margin: (x: 2.1cm, top: 2.0cm, bottom: 1.8cm), numbering: "1 / 1", number-align: center)
#set text(font: "IBM Plex Sans", size: {size}pt, lang: "{lang}", fill: rgb("#16202C"))
#set par(justify: true, leading: 0.58em, spacing: 0.85em)
#set list(indent: 0.4em, spacing: 0.55em)
#set enum(indent: 0.4em, spacing: 0.55em)
#show heading: set text(fill: rgb("#123B5D"))
#show heading.where(level: 1): set text(size: 1.55em)
#show heading.where(level: 2): it => block(above: 1.1em, below: 0.6em, text(size: 1.18em, it.body))
#show heading.where(level: 3): it => block(above: 0.9em, below: 0.45em, text(size: 1.02em, it.body))
#set table(stroke: none, inset: (x: 5pt, y: 3.2pt))
#show table: set text(size: 0.88em)
#show raw: set text(font: "IBM Plex Sans", size: 0.96em, weight: 700)
#show link: set text(fill: rgb("#0B5C8A"))
"""
FONTS = Path(scoring.__file__).parent / "audit" / "letters" / "fonts"
PAGE_BREAK = "<!-- page -->"
"""Starts a new page; in Markdown it shows nothing."""


def pdf_of(
    markdown: str, *, lang: str, title: str, pictures: Mapping[str, bytes], dated: date, size: float = 10.0
) -> bytes:
    """Render a document.

    Parameters
    ----------
    pictures : the pictures that it shows, by the path that it names
    dated : the document's date, written into the file
    size : of the text, in points

    Raises
    ------
    TrainingError
        When the document uses a part of Markdown that is not supported, or a picture is not there.
    """
    head = _PAGE.format(title=json.dumps(title, ensure_ascii=False), size=size, lang=lang)
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    source = head + "".join(_blocks(tokens, pictures))
    try:
        return _set(source, pictures, dated)
    except typst.TypstError as error:
        raise TrainingError(f"A document must be what typst can set; got: {error}. Correct it.") from error


def _set(source: str, pictures: Mapping[str, bytes], dated: date) -> bytes:
    with tempfile.TemporaryDirectory() as root:
        for name, content in pictures.items():
            path = Path(root) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        main = Path(root) / "main.typ"
        main.write_text(source, encoding="utf-8")
        made = typst.compile(
            str(main),
            root=root,
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            pdf_standards="a-2b",
            timestamp=int(datetime.combine(dated, time(), UTC).timestamp()),
        )
    return bytes(made)


def _blocks(tokens: Sequence[Token], pictures: Mapping[str, bytes]) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _end_of(tokens, at)
        inside = tokens[at + 1 : end]
        match token.type:
            case "heading_open":
                level = int(token.tag[1])
                yield f"#heading(level: {level})[{_inline(inside, pictures)}]\n"
            case "paragraph_open":
                yield f"{_inline(inside, pictures)}\n\n"
            case "bullet_list_open" | "ordered_list_open":
                kind = "list" if token.type.startswith("bullet") else "enum"
                items = ", ".join(f"[{''.join(_blocks(item, pictures)).strip()}]" for item in _items(inside))
                yield f"#{kind}({items})\n\n"
            case "blockquote_open":
                wording = "".join(_blocks(inside, pictures))
                yield f"#block(inset: (left: 10pt), stroke: (left: 2pt + gray))[{wording}]\n\n"
            case "table_open":
                yield _table(inside, pictures)
            case "fence" | "code_block":
                yield f"#raw({json.dumps(token.content.rstrip(), ensure_ascii=False)}, block: true)\n\n"
            case "html_block" if token.content.strip() == PAGE_BREAK:
                yield "#pagebreak(weak: true)\n"
            case "html_block" if token.content.strip().startswith("<!--"):
                pass
            case "hr":
                yield '#line(length: 100%, stroke: 0.5pt + rgb("#DDE2E7"))\n\n'
            case other:
                raise TrainingError(f"A document must be plain Markdown; got {other}. Write it otherwise.")
        at = end + 1


def _end_of(tokens: Sequence[Token], start: int) -> int:
    """Where what a token opens is closed; the token itself where it opens nothing."""
    if tokens[start].nesting != 1:
        return start
    depth = 0
    for at in range(start, len(tokens)):
        depth += tokens[at].nesting
        if depth == 0:
            return at
    raise TrainingError("A document's parts must be closed; got one that is not. Correct it.")


def _items(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    at = 0
    while at < len(tokens):
        end = _end_of(tokens, at)
        yield tokens[at + 1 : end]
        at = end + 1


def _table(tokens: Sequence[Token], pictures: Mapping[str, bytes]) -> str:
    rows: list[list[str]] = []
    aligned: list[str] = []
    for at, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            cell = _inline([tokens[at + 1]], pictures)
            rows[-1].append(f"[*{cell}*]" if token.type == "th_open" and cell else f"[{cell}]")
            if token.type == "th_open":
                aligned.append("right" if "right" in str(token.attrGet("style") or "") else "left")
    head, *body = rows
    lines = ",\n  ".join(", ".join(row) for row in body)
    # Words take the room that numbers leave; where all columns hold words, the first is a short name of the row.
    wordy = all(side == "left" for side in aligned) and len(head) > 1
    columns = ", ".join("auto" if (at == 0) == wordy else "1fr" for at in range(len(head)))
    return (
        f"#table(columns: ({columns},), align: ({', '.join(aligned)},),\n  table.hline(stroke: 0.8pt),\n"
        f"  table.header({', '.join(head)}),\n  table.hline(stroke: 0.5pt),\n  {lines},\n"
        "  table.hline(stroke: 0.8pt))\n\n"
    )


def _inline(tokens: Sequence[Token], pictures: Mapping[str, bytes]) -> str:
    return "".join(_spans(children, pictures) for token in tokens for children in [token.children or []])


def _spans(tokens: Sequence[Token], pictures: Mapping[str, bytes]) -> str:
    out: list[str] = []
    for token in tokens:
        match token.type:
            case "text":
                out.append(_text(token.content))
            case "softbreak":
                out.append(" ")
            case "hardbreak":
                out.append(" #linebreak() ")
            case "strong_open":
                out.append("#strong[")
            case "em_open":
                out.append("#emph[")
            case "strong_close" | "em_close":
                out.append("]")
            case "link_open":
                out.append(_link(str(token.attrGet("href") or "")))
            case "link_close":
                out.append("]")
            case "code_inline":
                out.append(f"#raw({json.dumps(token.content, ensure_ascii=False)})")
            case "image":
                out.append(_picture(str(token.attrGet("src")), token.content, pictures))
            case other:
                raise TrainingError(f"A document's line must be plain Markdown; got {other}. Write it otherwise.")
    return "".join(out)


def _link(target: str) -> str:
    """Addresses are links; paths of the repository, which a printed page cannot follow, are plain text."""
    return f"#link({json.dumps(target)})[" if "://" in target else "#text["


def _text(wording: str) -> str:
    return f"#{json.dumps(wording, ensure_ascii=False)};" if wording else ""


def _picture(source: str, label: str, pictures: Mapping[str, bytes]) -> str:
    if source not in pictures:
        raise TrainingError(f"A document's picture must exist; got none at {source}. Make it first.")
    return f"#align(center, image({json.dumps(source)}, width: 82%, alt: {json.dumps(label, ensure_ascii=False)}))"
