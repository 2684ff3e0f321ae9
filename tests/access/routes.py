"""Every address of the site by the name of its route, for the objects of host A."""

from collections.abc import Iterator

from django.urls import URLPattern, get_resolver

from attendance.models import AttendanceSheet
from attendance.rules.hall import code_at
from courses.constants import codes, links
from courses.constants.clock import now


def routes(resolver=None, namespace: str = "", prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name with namespaces, pattern) of each route; one without a name is called by its pattern."""
    for part in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(part.pattern)
        if isinstance(part, URLPattern):
            yield (f"{namespace}{part.name}" if part.name else pattern), pattern
        else:
            yield from routes(part, namespace + (f"{part.namespace}:" if part.namespace else ""), pattern)


def forged(token: str) -> str:
    """The same id with another proof."""
    return token[:-1] + ("0" if token[-1] != "0" else "1")


def address(world, name: str, pattern: str, actor: str = "organiser") -> str:
    """The address with which the actor asks for what is host A's.

    A link opens its own address; another secret is put where it does not belong, and those without one try a forged
    one.
    """
    a = world.a
    own = ("attendance:trainee", "attendance:trainee_here", "attendance:own_certificate", "attendance:own_pass")
    own += ("attendance:own_certificate_ask", "attendance:own_certificate_picture", "attendance:own_material")
    own += ("attendance:own_leave", "attendance:own_correction", "attendance:kept")
    if name in own:
        secrets = {"trainee link": a.trainee_token, "office link": a.office_token}
        filled = {
            "<str:token>": secrets.get(actor, forged(a.trainee_token)),
            "<str:code>": a.certificate.code,
            "<int:registration>": str(a.registration.pk),
            "<int:pk>": str(a.material.pk),
        }
    elif name == "attendance:office":
        secrets = {"trainee link": a.trainee_token, "office link": a.office_token}
        filled = {"<str:token>": secrets.get(actor, forged(a.office_token))}
    elif name.startswith("attendance:office_"):
        secrets = {"trainee link": a.trainee_token, "office link": a.office_token}
        of_list = name in ("attendance:office_preview", "attendance:office_columns")
        pk = a.own_batch.pk if of_list else a.registration.pk
        if name == "attendance:office_certificate":
            pk = a.certificate.pk
        filled = {"<str:token>": secrets.get(actor, forged(a.office_token)), "<int:pk>": str(pk)}
    elif name.startswith("attendance:desk_"):
        of_desk = {"people": a.trainee, "certificates": a.certificate, "classes": a.course, "requests": a.link_request}
        filled = {"<int:pk>": str(of_desk[pattern.split("/")[1]].pk)}
    elif name == "courses:invitation":
        filled = {"<str:token>": a.invitation_token}
    elif name in ("attendance:door", "attendance:door_people", "attendance:door_scans"):
        secrets = {"trainee link": a.trainee_token, "office link": a.office_token, "door": a.door_token}
        filled = {"<str:token>": secrets.get(actor, forged(a.door_token))}
    elif name == "attendance:feed":
        code = links.feed_code(a.trainee.pk, 1)
        secrets = {"trainee link": code, "office link": a.office_token, "door": a.door_token}
        filled = {"<str:code>": secrets.get(actor, forged(code))}
    elif name == "attendance:pass":
        filled = {"<str:code>": a.pass_code}
    elif name in ("attendance:here_screen", "attendance:here_screen_now"):
        filled = {"<str:token>": links.screen_token(a.session.pk, 1)}
    elif name == "attendance:here_code":
        filled = {"<str:code>": code_at(a.session.pk, now())}
    elif name == "attendance:verify":
        filled = {"<str:code>": codes.grouped(a.certificate.code)}
    elif pattern.startswith("courses/"):
        filled = {"<slug:code>": a.course.code, "<int:pk>": str(a.material.pk)}
    elif pattern.startswith("admin/"):
        key = str(object_of(a, world, pattern).pk) if "<" in pattern else ""
        filled = {
            "<path:object_id>": key,
            "<int:pk>": key,
            "<uuid:pk>": key,
            "<int:course_id>": key,
            "<int:row>": str(a.row.pk),
            "<int:office>": str(a.first.pk),
            "<int:absence>": str(a.absence.pk),
            "<int:registration>": str(a.registration.pk),
            "<int:year>": str(a.planned.year),
            "<int:version>": "1",
            "<int:person>": str(a.stranger_registration.pk),
            "<int:entry>": str(a.walk_in.pk),
            "<int:scan>": str(a.scan.pk),
            "<int:door>": str(a.door.pk),
            "<int:batch>": str(a.work.pk),
            "<int:paper>": str(paper_of(a, pattern).pk),
            "<int:kept>": str(a.kept_list.pk),
            "<int:copy>": str(a.copy.pk),
            "<slug:which>": "made" if "/classfile/" in pattern else "copy",
            "<int:host>": str(a.host.pk),
            "<slug:kind>": "plan",
            "<int:other>": str(a.unregistered.pk),
            "<int:merge>": str(a.merge.pk),
            "^(?P<app_label>courses|attendance)/$": "courses/",
            "(?P<url>.*)$": "nothing-here/",
        }
    else:
        filled = {}
    for hole, value in filled.items():
        pattern = pattern.replace(hole, value)
    assert not set(pattern) & set("<>(^"), f"{name}: say in routes.address what stands in {pattern}"
    return "/" + pattern + QUERIES.get(name, lambda world: "")(world)


#: What an address needs behind the question mark to be more than an error.
QUERIES = {
    "admin:autocomplete": lambda world: "?app_label=courses&model_name=registration&field_name=trainee&term=ngo",
    "admin:attendance_courseresult_numbers_people": lambda world: "?what=named",
    "admin:attendance_courseresult_year_people": lambda world: "?what=named",
    "admin:courses_session_add": lambda world: f"?course={world.a.course.pk}",
    "admin:courses_registration_add": lambda world: f"?course={world.a.course.pk}",
}


def paper_of(side, pattern: str):
    """The paper that an address of a class is about."""
    if "/decision/" in pattern or "/classfile/" in pattern:
        return side.decision
    return side.certificate if "/hand-over/" in pattern else side.prepared


def object_of(side, world, pattern: str):
    """The object of the side that a page of the admin is about."""
    if "importbatch/class/" in pattern:
        return side.course
    if pattern.endswith("office/<int:pk>/move/"):
        return side.second
    if pattern.endswith("registerbook/<path:object_id>/old/"):
        return side.old_book
    if pattern.endswith("certificate/<path:object_id>/issue/"):
        return side.in_place
    if pattern.endswith(("traineerequest/<int:pk>/card/", "traineerequest/<int:pk>/renew/")):
        return side.link_request
    if "undo-merge" in pattern:
        return side.twin
    if pattern.endswith("delete/"):
        spare = {"session": side.spare_session, "speaker": side.spare_speaker, "venue": side.spare_venue}
    else:
        spare = {}
    model = pattern.split("/")[2] if pattern.count("/") > 2 else ""
    found = {
        "course": side.course,
        "block": side.block,
        "actionlog": side.entry,
        "office": side.host,
        "transfer": side.transfer,
        "responsibility": world.responsibility,
        "index": world.index,
        "user": side.coordinator,
        "role": side.role,
        "invitation": side.invitation,
        "session": side.session,
        "speaker": side.speaker,
        "venue": side.venue,
        "plannedclass": side.planned,
        "messagetext": side.message_text,
        "registration": side.registration,
        "importbatch": side.batch,
        "columnmeaning": side.meaning,
        "trainee": side.trainee,
        "traineerequest": side.request,
        "setting": world.setting,
        "backgroundtask": world.task,
        "person": side.trainee,
        "attendancesheet": AttendanceSheet(pk=side.session.pk),
        "registerbook": side.book,
        "papertemplate": side.template,
        "blankrange": side.blanks,
        "issuerauthority": side.power,
        "paperwords": world.words,
        "certificate": side.certificate,
        "correction": side.correction,
        "courseresult": side.course,
        "trustedroot": world.root,
    }
    return (found | spare).get(model, side.course)
