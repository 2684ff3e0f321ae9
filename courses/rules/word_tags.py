# ruff: noqa: E501
"""What the tags of a Word template may say, and what people are told about one that may not be said.

Offices write templates, and a template is a program: what is not among the few things named here is refused before it
is run. Nothing here calls anything, so the sandbox of Jinja is only the second wall.
"""

import difflib
import io
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from docx.opc.oxml import parse_xml
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

SENTENCES = {
    "half": _("A tag is not closed in this line: “%(where)s”. Tags are written {{ … }} or {%% … %%}, whole in one paragraph."),
    "not_begun": _("“%(tag)s” ends what was never begun: “%(where)s”."),
    "not_ended": _("“%(tag)s” is never ended: “%(where)s”. Each “for” needs an “endfor”, each “if” an “endif”, in a place of the same kind."),
    "kind": _("“%(tag)s” is no tag that a template may have. Allowed are {{ … }}, {%% for %%}, {%% if %%}, and with “tr” or “p” for a whole row or paragraph: “%(where)s”."),
    "alone": _("“%(tag)s” must stand alone in its row or paragraph; what else is there would be lost: “%(where)s”."),
    "place": _("Tags can stand in the text, its header and its footer, not in notes, comments, fields and properties: “%(where)s”."),
    "syntax": _("A tag is not written right: “%(where)s”."),
    "forbidden": _("A tag may only name fields, go through lists and ask “if”: “%(where)s”."),
    "private": _("“%(name)s” begins with “_”, which no field does: “%(where)s”."),
    "filter": _("“%(name)s” may not be used in a template: “%(where)s”. Allowed are: %(allowed)s."),
    "loops": _("A list within a list within a list: “%(where)s”. Two are the most."),
    "loop_list": _("Inside a list only a list of its rows can be gone through: “%(where)s”."),
    "unknown": _("There is no field “%(name)s”: “%(where)s”."),
    "unknown_near": _("There is no field “%(name)s”: “%(where)s”. Is “%(near)s” meant?"),
    "no_list": _("“%(name)s” is no list: “%(where)s”."),
    "no_text": _("“%(name)s” is a list, and cannot be written as a text: “%(where)s”."),
    "structure": _("With these tags the file breaks apart. Please put the beginning and the end of each “for” and “if” into places of the same kind: both in rows of their own (“tr”), both in paragraphs of their own (“p”), or both in one paragraph."),
    "too_large": _("The filled file would be far too large. Please look at what the template repeats."),
    "damaged": _("The Word template is damaged. Please open it in Word, save it again and send it once more."),
}  # fmt: skip

FILTERS = ("upper", "lower", "capitalize", "title", "trim", "length", "count", "first", "last", "join", "default")
#: Letters of one part of a filled file (a list of 1,000 people has 3 million).
_MOST_LETTERS = 30_000_000

TESTS = ("defined", "none", "true", "false", "even", "odd")
_OF_LOOP = ("index", "index0", "revindex", "first", "last", "length")
_DEEPEST = 2

_WHOLE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_HALF = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_STATEMENT = re.compile(r"\{%(?:(tr|p)\s)?\s*(for|if|elif|else|endfor|endif)\b")
_EXPRESSION = re.compile(r"\{\{(?!r\s|p\s|tr\s|tc\s|-)")
#: All of a part that is no text of a paragraph: a tag there could take away what stands between it and the next.
_hidden = etree.XPath(
    "descendant-or-self::*/@* | descendant::text()[not(parent::w:t)]", namespaces={"w": qn("w:t")[1:].split("}")[0]}
)
_MARKUP = re.compile(r"<[^>]+>")
_PLAIN = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Operand,
    nodes.Const,
    nodes.CondExpr,
    nodes.Concat,
)


class TagFault(Exception):
    """`code` is one of SENTENCES, `params` fill it; both outlive the way out of a child process."""

    def __init__(self, code: str, **params: str):
        super().__init__(code, params)
        self.code = code
        self.params = params


def sentence(fault: TagFault) -> str:
    return str(SENTENCES[fault.code]) % fault.params


class Missing(StrictUndefined):
    """A field that is not there; the message of its error is its name alone."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name or "")


class TagEnvironment(SandboxedEnvironment):
    """Compiles nothing but what the tags may say; `fields` as in `faults_of`."""

    def __init__(self, fields: Mapping[str, Any] | None = None):
        super().__init__(autoescape=True, undefined=Missing)
        self.globals.clear()
        self._fields = fields

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What a row holds, and what a loop says of itself; nothing else has parts."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in _OF_LOOP:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def _parse(self, source, name, filename):
        try:
            tree = super()._parse(source, name, filename)
        except TemplateSyntaxError as error:
            raise TagFault("syntax", where=_line(source, error.lineno)) from None
        if faults := _Walk(source, self._fields).faults_of(tree):
            raise faults[0]
        return tree

    def faults_of(self, source: str) -> list[TagFault]:
        """All that is wrong with the tags of a text."""
        try:
            tree = super()._parse(source, None, None)
        except TemplateSyntaxError as error:
            return [TagFault("syntax", where=_line(source, error.lineno))]
        return _Walk(source, self._fields).faults_of(tree)

    def names_in(self, source: str) -> set[str]:
        """The fields that the tags of a text name, not those of rows."""
        return meta.find_undeclared_variables(self.parse(source))


class StrictTemplate(DocxTemplate):
    """A template that is filled by what the tags may say and by nothing else, and whose result is whole XML: docxtpl
    itself mends broken XML by leaving out what does not fit. Raises TagFault."""

    def __init__(self, data: bytes):
        super().__init__(io.BytesIO(data))
        try:
            self.init_docx()
        except Exception:  # a broken package raises whatever its XML or its relations raise
            raise TagFault("damaged") from None

    def filled(self, values: Mapping[str, Any]) -> None:
        """Fills the document in place."""
        for root in self.roots():
            if faults := faults_of_tags(root):
                raise faults[0]
        try:
            self.render(dict(values), TagEnvironment())
        except TagFault:
            raise
        except Exception:  # what docxtpl and lxml raise of a table without a grid, and of what nobody has thought of
            raise TagFault("damaged") from None

    def roots(self) -> list[etree._Element]:
        """The parts that are filled: the text, the headers, the footers."""
        uris = (self.HEADER_URI, self.FOOTER_URI)
        parts = [part for uri in uris for _key, part in self.get_headers_footers(uri)]
        return [self.docx.element.body, *(parse_xml(part.blob) for part in parts)]

    def render_properties(self, context, jinja_env=None) -> None:
        """What a file says of itself is no template."""

    def render_footnotes(self, context, jinja_env=None) -> None:
        """docxtpl fills them once for each section, so that words of people would be read as tags."""

    def render_xml_part(self, src_xml, part, context, jinja_env=None):
        source = with_lines(src_xml)
        self.current_rendering_part = part
        chunks, letters = [], 0
        try:
            for chunk in jinja_env.from_string(source).generate(context):
                letters += len(chunk)
                if letters > _MOST_LETTERS:
                    raise TagFault("too_large")
                chunks.append(chunk)
        except UndefinedError as error:
            raise TagFault("unknown", name=error.message, where=place_of(source, error.message)) from None
        except (TemplateError, TypeError, ValueError):
            raise TagFault("damaged") from None
        filled = self.resolve_listing("".join(chunks).replace("\n<w:p", "<w:p"))
        try:
            etree.fromstring(filled.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))
        except etree.XMLSyntaxError:
            raise TagFault("structure") from None
        return filled


def with_lines(xml: str) -> str:
    """Each paragraph on a line of its own, so that the line of a fault is its paragraph."""
    return re.sub(r"<w:p([ >])", r"\n<w:p\1", xml)


def faults_of_tags(root: etree._Element) -> list[TagFault]:
    """What is wrong with the tags of a part of the file as people see them, paragraph by paragraph: before docxtpl makes
    one text of all, in which half a tag would swallow what follows."""
    faults = [TagFault("place", where=_short(text)) for text in _hidden(root) if _HALF.search(text)]
    for row in root.iter(qn("w:tr")):
        text = _text(row)
        faults += [
            TagFault("alone", tag=_short(tag), where=_short(text))
            for tag in _WHOLE.findall(text)
            if tag.startswith("{%tr") and text.strip() != tag
        ]
    open_tags: list[tuple[str, str, str]] = []
    for text in map(_text, root.iter(qn("w:p"))):
        where = _short(text)
        if _HALF.search(_WHOLE.sub("", text)):
            faults.append(TagFault("half", where=where))
        for tag in _WHOLE.findall(text):
            statement = _STATEMENT.match(tag)
            if statement is None:
                if not (_EXPRESSION.match(tag) or tag.startswith("{#")):
                    faults.append(TagFault("kind", tag=_short(tag), where=where))
                continue
            place, word = statement[1] or "", statement[2]
            if place == "p" and text.strip() != tag:
                faults.append(TagFault("alone", tag=_short(tag), where=where))
            if word in ("for", "if"):
                open_tags.append((word, place, tag))
            elif word in ("endfor", "endif"):
                if not open_tags or open_tags[-1][:2] != (word[3:], place):
                    return [*faults, TagFault("not_begun", tag=tag, where=where)]  # all later ones would repeat it
                open_tags.pop()
    return faults + [TagFault("not_ended", tag=_short(tag), where=_short(tag)) for _word, _place, tag in open_tags]


def _text(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter(qn("w:t")))


class _Walk:
    """Through the tree of one text. `fields` {name: sample}, a list by its first row, says which names there are and
    what they hold; with None only what may be said at all is looked at."""

    def __init__(self, source: str, fields: Mapping[str, Any] | None):
        self._lines = source
        self._fields = fields
        self._faults: list[TagFault] = []

    def faults_of(self, tree: nodes.Template) -> list[TagFault]:
        self._visit(tree, {})
        return self._faults

    def _fault(self, node: nodes.Node, code: str, **params: str) -> None:
        self._faults.append(TagFault(code, where=_line(self._lines, node.lineno), **params))

    def _visit(self, node: nodes.Node, scope: Mapping[str, Any]) -> None:
        match node:
            case nodes.For():
                self._loop(node, scope)
                return
            case nodes.Name() | nodes.Getattr():
                self._named(node, scope)
                return
            case nodes.Filter():
                self._filtered(node)
            case nodes.Test():
                if node.name not in TESTS or node.args or node.kwargs:
                    self._fault(node, "filter", name=node.name, allowed=", ".join(TESTS))
            case nodes.Compare():
                if any(operand.op in ("in", "notin") for operand in node.ops):
                    self._fault(node, "forbidden")
            case nodes.Output():
                self._written(node, scope)
            case _ if not isinstance(node, _PLAIN):
                self._fault(node, "forbidden")
                return
        for child in node.iter_child_nodes():
            self._visit(child, scope)

    def _filtered(self, node: nodes.Filter) -> None:
        if node.name not in FILTERS or node.kwargs or node.dyn_args or node.dyn_kwargs or node.node is None:
            self._fault(node, "filter", name=node.name, allowed=", ".join(FILTERS))
        # Joined by a list, or what was joined already, a line of the template is more than any memory holds.
        plain = all(isinstance(one, nodes.Const) for one in node.args)
        joins_field = node.name != "join" or isinstance(node.node, nodes.Name | nodes.Getattr)
        if not (plain and joins_field):
            self._fault(node, "forbidden")

    def _loop(self, node: nodes.For, scope: Mapping[str, Any]) -> None:
        depth = scope.get("loop", 0)
        if not isinstance(node.target, nodes.Name) or node.test or node.recursive:
            return self._fault(node, "forbidden")
        if not isinstance(node.iter, nodes.Name | nodes.Getattr):
            return self._fault(node, "forbidden")
        if depth >= _DEEPEST:
            return self._fault(node, "loops")
        if depth and not isinstance(node.iter, nodes.Getattr):
            return self._fault(node, "loop_list")
        found = self._named(node.iter, scope)
        row: Any = None
        if self._fields is not None and found is not None:
            if not isinstance(found, list | tuple):
                return self._fault(node, "no_list", name=_path(node.iter))
            row = found[0] if found else None
        if node.target.name.startswith("_") or node.target.name == "loop":
            return self._fault(node, "private", name=node.target.name)
        within = {**scope, "loop": depth + 1, node.target.name: row}
        for child in (*node.body, *node.else_):
            self._visit(child, within)
        return None

    def _written(self, node: nodes.Output, scope: Mapping[str, Any]) -> None:
        for child in node.nodes:
            if isinstance(child, nodes.Name | nodes.Getattr) and self._fields is not None:
                before = len(self._faults)
                found = self._named(child, scope)
                del self._faults[before:]  # said again when the tag itself is visited
                if isinstance(found, list | tuple | Mapping):
                    self._fault(child, "no_text", name=_path(child))

    def _named(self, node: nodes.Expr, scope: Mapping[str, Any]) -> Any:
        """The sample of a field, None where nothing is known of it."""
        if isinstance(node, nodes.Name):
            if node.name.startswith("_"):
                return self._fault(node, "private", name=node.name)
            if node.name in scope:
                return None if node.name == "loop" else scope[node.name]
            if node.name == "loop":
                return self._fault(node, "unknown", name="loop")
            return self._field(node, node.name, self._fields)
        if not isinstance(node, nodes.Getattr):
            self._visit(node, scope)
            return None
        if node.attr.startswith("_"):
            return self._fault(node, "private", name=node.attr)
        if isinstance(node.node, nodes.Name) and node.node.name == "loop":
            if "loop" not in scope or node.attr not in _OF_LOOP:
                self._fault(node, "unknown", name=f"loop.{node.attr}")
            return None
        if not isinstance(node.node, nodes.Name | nodes.Getattr):
            return self._fault(node, "forbidden")
        owner = self._named(node.node, scope)
        if owner is None:
            return None
        return self._field(node, node.attr, owner if isinstance(owner, Mapping) else {})

    def _field(self, node: nodes.Expr, name: str, known: Mapping[str, Any] | None) -> Any:
        if known is None:
            return None
        if name in known:
            return known[name]
        if near := difflib.get_close_matches(name, known, n=1, cutoff=0.5):
            return self._fault(node, "unknown_near", name=_path(node), near=near[0])
        return self._fault(node, "unknown", name=_path(node))


def _path(node: nodes.Expr) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "…"


def place_of(source: str, name: str) -> str:
    """The line with the first tag in which a field is named, as people see it."""
    for line in source.split("\n"):
        if any(re.search(rf"\b{re.escape(name)}\b", tag) for tag in _WHOLE.findall(line)):
            return _short(_MARKUP.sub("", line))
    return ""


def _line(source: str, number: int) -> str:
    lines = source.split("\n")
    return _short(_MARKUP.sub("", lines[min(number, len(lines)) - 1]))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79]}…"
