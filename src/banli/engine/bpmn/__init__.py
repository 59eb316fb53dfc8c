"""BPMN 2.0 for other tools: the procedure's control flow, with its diagram, valid against the OMG's schema.

What BPMN has no word for stands in documentation: who may withdraw and override, safeguards, clocks that span steps.
"""

from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from banli.engine import safeguards
from banli.engine.bpmn.graph import Graph, Node, Scope
from banli.engine.bpmn.layout import HEAD, Layout, Place, lay_out
from banli.engine.rulebook import Rulebook
from banli.engine.wording import Wording

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def export(book: Rulebook) -> str:
    """The procedure as BPMN 2.0 XML."""
    for prefix, uri in (("bpmn", MODEL), ("bpmndi", DIAGRAM), ("dc", DC), ("di", DI), ("xsi", XSI)):
        register_namespace(prefix, uri)
    graph = Graph(book)
    layout = lay_out(graph.root, HEAD, 0)
    name = book.procedure.procedure
    root = Element(
        _q("definitions"),
        id=f"{name}-definitions",
        targetNamespace=f"urn:banli:{book.pack.header.pack}",
        exporter="Banli",
    )
    pool = SubElement(root, _q("collaboration"), id=f"{name}-office")
    title = graph.text(book.procedure.title)
    SubElement(pool, _q("participant"), id=f"{name}-pool", name=title, processRef=name)
    for error in graph.errors():
        SubElement(root, _q("error"), id=f"error-{error}", name=error)
    process = SubElement(root, _q("process"), id=name, name=title, isExecutable="false")
    _document(process, _told(book))
    _lanes(process, graph.root, layout)
    _elements(process, graph.root)
    _diagram(root, book, graph, layout)
    indent(root)
    written: str = tostring(root, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'


def _told(book: Rulebook) -> str:
    """What the drawing does not show: safeguards, withdrawal, override."""
    procedure = book.procedure
    purpose = [procedure.purpose.zh, procedure.purpose.en] if procedure.purpose else []
    return "\n".join(
        [*purpose, *safeguards.sentences(Wording(book, "zh")), *safeguards.sentences(Wording(book, "en"))]
    )


def _lanes(process: Element, scope: Scope, layout: Layout) -> None:
    lanes = SubElement(process, _q("laneSet"), id="lanes")
    for number, row in enumerate(layout.lanes, start=1):
        lane = SubElement(lanes, _q("lane"), id=f"lane-{number}", name=row)
        for node in scope.nodes.values():
            if node.row == row:
                SubElement(lane, _q("flowNodeRef")).text = node.id


def _elements(parent: Element, scope: Scope) -> None:
    for node in scope.nodes.values():
        _node(parent, scope, node)
    for arrow in scope.arrows:
        flow = SubElement(
            parent, _q("sequenceFlow"), id=arrow.id, sourceRef=arrow.source, targetRef=arrow.target
        )
        if arrow.name:
            flow.set("name", arrow.name)
        if arrow.condition:
            condition = SubElement(flow, _q("conditionExpression"))
            condition.text = arrow.condition
    for node in scope.nodes.values():
        if node.notes:
            note = SubElement(parent, _q("textAnnotation"), id=f"{node.id}_clocks")
            SubElement(note, _q("text")).text = "\n".join(node.notes)
            SubElement(
                parent,
                _q("association"),
                id=f"{node.id}_clocks_to",
                sourceRef=node.id,
                targetRef=f"{node.id}_clocks",
            )


def _node(parent: Element, scope: Scope, node: Node) -> None:
    element = SubElement(parent, _q(node.kind), id=node.id)
    if node.name:
        element.set("name", node.name)
    if node.default:
        element.set("default", node.default)
    if node.host:
        element.set("attachedToRef", node.host)
    if node.told:
        _document(element, node.told)
    for arrow in scope.arrows:
        if arrow.target == node.id:
            SubElement(element, _q("incoming")).text = arrow.id
    for arrow in scope.arrows:
        if arrow.source == node.id:
            SubElement(element, _q("outgoing")).text = arrow.id
    if node.timer:
        timer = SubElement(element, _q("timerEventDefinition"), id=f"{node.id}_timer")
        _document(timer, node.timer)
    if node.error:
        SubElement(element, _q("errorEventDefinition"), id=f"{node.id}_error", errorRef=f"error-{node.error}")
    if node.many:
        many = SubElement(element, _q("multiInstanceLoopCharacteristics"), id=f"{node.id}_rows")
        SubElement(many, _q("loopCardinality")).text = f"count({node.many})"
    if node.inner is not None:
        _elements(element, node.inner)


def _diagram(root: Element, book: Rulebook, graph: Graph, layout: Layout) -> None:
    name = book.procedure.procedure
    diagram = SubElement(root, _q("BPMNDiagram", DIAGRAM), id=f"{name}-diagram")
    plane = SubElement(diagram, _q("BPMNPlane", DIAGRAM), id=f"{name}-plane", bpmnElement=f"{name}-office")
    whole = Place(0, 0, layout.width + HEAD, layout.height)
    _shape(plane, f"{name}-pool", whole, isHorizontal="true")
    for number, place in enumerate(layout.lanes.values(), start=1):
        _shape(plane, f"lane-{number}", place, isHorizontal="true")
    for scope in graph.scopes():
        for node in scope.nodes.values():
            more = {"isExpanded": "true"} if node.inner is not None else {}
            more |= {"isMarkerVisible": "true"} if node.kind == "exclusiveGateway" else {}
            _shape(plane, node.id, layout.places[node.id], **more)
        for arrow in scope.arrows:
            _edge(plane, arrow.id, layout.ways[arrow.id])
        for node in scope.nodes.values():
            if node.notes:
                note, place = layout.notes[node.id], layout.places[node.id]
                _shape(plane, f"{node.id}_clocks", note)
                foot = (place.x + 20, place.y)
                _edge(plane, f"{node.id}_clocks_to", [foot, (foot[0], note.bottom)])


def _shape(plane: Element, of: str, place: Place, **more: str) -> None:
    shape = SubElement(plane, _q("BPMNShape", DIAGRAM), {"id": f"{of}-shape", "bpmnElement": of, **more})
    bounds = {"x": place.x, "y": place.y, "width": place.w, "height": place.h}
    SubElement(shape, _q("Bounds", DC), {key: f"{value:g}" for key, value in bounds.items()})


def _edge(plane: Element, of: str, way: list[tuple[float, float]]) -> None:
    edge = SubElement(plane, _q("BPMNEdge", DIAGRAM), id=f"{of}-edge", bpmnElement=of)
    for x, y in way:
        SubElement(edge, _q("waypoint", DI), x=f"{x:g}", y=f"{y:g}")


def _document(element: Element, words: str) -> None:
    SubElement(element, _q("documentation")).text = words


def _q(name: str, space: str = MODEL) -> str:
    return f"{{{space}}}{name}"
