"""The templates of the stand-in for the print service."""

import base64
import hashlib

#: One white pixel.
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEANl9ngAAAAABJRU5ErkJggg=="
)


class FakeTemplates:
    """Keeps files by name and version; what holds the word BROKEN is refused."""

    def __init__(self):
        self.kept = {}
        self.put("mo_label", {"label.zpl": "^XA^XZ"}, "", "service")
        self.approve("mo_label", self.kept["mo_label"]["versions"][0]["version"])

    def put(self, name, files, comment, uploaded_by):
        template = self.kept.setdefault(name, {"versions": [], "version": None})
        version = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
        template["files"] = files
        template["versions"].insert(
            0,
            {
                "version": version,
                "state": "draft",
                "uploaded_by": uploaded_by,
                "uploaded_at": "2026-01-31T09:26:03Z",
                "approved_by": None,
                "approved_at": None,
                "comment": comment,
            },
        )

    def approve(self, name, version):
        for row in self.kept[name]["versions"]:
            if row["state"] == "approved":
                row["state"] = "replaced"
            if row["version"] == version:
                row["state"] = "approved"
        self.kept[name]["version"] = version

    def row(self, name):
        """Return a template as the list has it."""
        template = self.kept[name]
        drafts = [row["version"] for row in template["versions"] if row["state"] == "draft"]
        return {
            "name": name,
            "title": name.replace("_", " ").capitalize(),
            "width_mm": 57.0,
            "height_mm": 32.0,
            "dpmm": [8, 12],
            "source": "folder" if name == "mo_label" else "uploaded",
            "version": template["version"],
            "draft_version": drafts[0] if drafts else None,
            "fields": {
                "product": {"required": True, "max_length": 120, "kind": "text"},
                "serial": {"required": False, "max_length": 24, "kind": "barcode"},
                "note": {"required": False, "max_length": 40, "kind": "text"},
            },
        }

    def answer(self, method, path, body, problem):
        """Return status and body for a path below ``/api/templates``."""
        name, _slash, verb = path.removeprefix("/api/templates").strip("/").partition("/")
        if not name:
            return 200, {"templates": [self.row(name) for name in self.kept]}
        if verb == "preview":
            files = body.get("files") or {}
            if "BROKEN" in files.get("label.zpl", ""):
                return 422, problem("invalid_zpl", "Line 1: BROKEN is no command.", "Remove it.")
            return 200, {
                "png_base64": base64.b64encode(base64.b64decode(PICTURE)).decode(),
                "zpl": "^XA^XZ",
                "notes": [],
                "findings": [],
            }
        if method == "PUT":
            self.put(name, body["files"], body["comment"], body["submitted_by"])
            return 201, self.row(name)
        if name not in self.kept:
            return 404, problem("unknown_template", "There is no template of that name.")
        if verb == "approve":
            self.approve(name, body["version"])
            return 200, self.row(name)
        template = self.kept[name]
        return 200, {**self.row(name), "files": template["files"], "versions": template["versions"]}
