"""What an honest mirror of Go, PyPI and Docker Hub serves, byte for byte the same in every run.

Go's canary and Docker's are the real ones. The real iniconfig wheel cannot be made up, so the
lab has a small wheel of that name of its own, of the same size, installable by pip, at the path
that PyPI would give to these bytes (BLAKE2b-256); the lab's catalogues carry its hash.
"""

import base64
import hashlib
import io
import json
import time
import zipfile

import languages

GO_MOD_PATH = "/rsc.io/quote/@v/v1.5.2.mod"
GO_MOD = b'module "rsc.io/quote"\n\nrequire "rsc.io/sampler" v1.3.0\n'
GO_MOD_SHA256 = "b167e79090d79e4b5738995c62a2186548fc33c919d6b4da1d36cc8c7c1e40c1"
GO_MOD_FORGED = b'module "rsc.io/quote"\n\nrequire "evil.example/sampler" v1.3.0\n'

# A tree head that sum.golang.org published. Its signature is all that anybody can check of it.
GO_TREE = ("go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n"
           "\u2014 sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+"
           "1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n").encode()
GO_TREE_FORGED = GO_TREE.replace(b"6476701", b"6476702")

MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": 1469,
            "digest": "sha256:feb5d9fea6a5e9606aa995e879d862b825965ba48de054caab5ef356dc6b3412",
        },
        "layers": [
            {
                "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "size": 2479,
                "digest":
                    "sha256:2db29710123e3e53a794f2694094b9b4338aa9ee5c40b930cb8063a1be392c54",
            }
        ],
    },
    indent=3,
).encode()
MANIFEST_SHA256 = "f54a58bc1aac5ea1a25d796ae155dc228b3f0e11d046ae276b39c4bf2f13d8c4"
MANIFEST_FORGED = MANIFEST.replace(b"2db29710", b"deadbeef")
MANIFEST_PATH = f"/v2/library/hello-world/manifests/sha256:{MANIFEST_SHA256}"

WHEEL_NAME = "iniconfig-2.0.0-py3-none-any.whl"
WHEEL_BYTES = 5892


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def build_wheel(note):
    """A wheel of exactly WHEEL_BYTES: stored, not deflated, so that no zlib version shows."""
    info = "iniconfig-2.0.0.dist-info"
    members = {
        "iniconfig/__init__.py": f'"""{note}"""\n',
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: iniconfig\nVersion: 2.0.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: lab\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }

    def packed(padding):
        files = dict(members)
        files["iniconfig/__init__.py"] += "#" * padding
        record = ""
        for name, text in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
            # As many digits whatever the padding, or the size would not be linear in it.
            record += f"{name},sha256={digest.decode()},{len(text):04}\n"
        files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
        return out.getvalue()

    return packed(WHEEL_BYTES - len(packed(0)))


def wheel_path(wheel):
    digest = hashlib.blake2b(wheel, digest_size=32).hexdigest()
    return f"/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{WHEEL_NAME}"


WHEEL = build_wheel("A stand-in of the lab's mirrors.")
WHEEL_FORGED = build_wheel("A forgery of the lab's mirrors.")

# Deterministic and incompressible; any path that ends so, because catalogues append it to urls
# that may have a path themselves.
BULK_PATH = "/lab/bulk-4MiB.bin"
BULK = hashlib.shake_256(b"mirrorwise lab").digest(4 << 20)
BULK_ENTRY = {"path": BULK_PATH, "sha256": sha256(BULK), "bytes": len(BULK)}

CANARIES = {
    "go": {"path": GO_MOD_PATH, "sha256": GO_MOD_SHA256, "bytes": len(GO_MOD)},
    "pip": {
        "project": "iniconfig",
        "file": WHEEL_NAME,
        "sha256": sha256(WHEEL),
        "bytes": len(WHEEL),
    },
    "docker": {
        "repository": "library/hello-world",
        "digest": f"sha256:{MANIFEST_SHA256}",
        "bytes": len(MANIFEST),
    },
}

CANARIES.update((service, languages.canary(service)) for service in languages.SERVICES)

# The path of the canary's bytes on a mirror's host, for tests that fetch it directly.
CANARY_PATHS = {"go": GO_MOD_PATH, "pip": wheel_path(WHEEL), "docker": MANIFEST_PATH}
CANARY_SHA256 = {"go": GO_MOD_SHA256, "pip": sha256(WHEEL), "docker": MANIFEST_SHA256}
for service, (path, data) in languages.OBJECTS.items():
    CANARY_PATHS[service], CANARY_SHA256[service] = path, sha256(data)

assert sha256(GO_MOD) == GO_MOD_SHA256 and len(GO_MOD) == 55
assert sha256(MANIFEST) == MANIFEST_SHA256 and len(MANIFEST) == 525
assert len(WHEEL) == len(WHEEL_FORGED) == WHEEL_BYTES


class Answer:
    """A response before it is put on the wire."""

    def __init__(self, status, content_type="text/plain; charset=utf-8", body=b"", headers=()):
        self.status = status
        self.body = body
        self.headers = [("Content-Type", content_type), *headers]


NOT_FOUND = Answer(404, body=b"not found: no such file\n")


def answer_go(mirror, request, forged):
    if request.path == GO_MOD_PATH:
        return Answer(200, body=GO_MOD_FORGED if forged else GO_MOD)
    if request.path == "/rsc.io/quote/@v/v1.5.2.info":
        body = b'{"Version":"v1.5.2","Time":"2018-02-14T15:44:20Z"}'
        return Answer(200, "application/json", body)
    if request.path == "/rsc.io/quote/@v/list":
        return Answer(200, body=b"v1.5.2\n")
    if request.path == "/sumdb/sum.golang.org/supported":
        return Answer(200)
    if request.path in ("/sumdb/sum.golang.org/latest", "/latest"):
        return Answer(200, body=GO_TREE_FORGED if forged else GO_TREE)
    return NOT_FOUND


def simple_page(mirror, accept, wheel):
    # As PyPI does on half of the mirrors, as bandersnatch does on the others.
    absolute = int(mirror.row.rtt_ms) % 2 == 0
    url = (f"https://{mirror.host}" if absolute else "../..") + wheel_path(wheel)
    if "application/vnd.pypi.simple.v1+json" in accept:
        page = {
            "meta": {"api-version": "1.1", "_last-serial": 20000000},
            "name": "iniconfig",
            "versions": ["2.0.0"],
            "files": [
                {
                    "filename": WHEEL_NAME,
                    "url": url,
                    "hashes": {"sha256": sha256(wheel)},
                    "requires-python": ">=3.7",
                    "size": len(wheel),
                    "upload-time": "2023-01-07T11:08:09.864945Z",
                    "yanked": False,
                }
            ],
        }
        return "application/vnd.pypi.simple.v1+json", json.dumps(page)
    return "text/html; charset=utf-8", (
        "<!DOCTYPE html>\n<html><head>"
        '<meta name="pypi:repository-version" content="1.1"><title>Links for iniconfig</title>'
        "</head><body><h1>Links for iniconfig</h1>\n"
        f'<a href="{url}#sha256={sha256(wheel)}" data-requires-python="&gt;=3.7">'
        f"{WHEEL_NAME}</a><br />\n</body></html>\n<!--SERIAL 20000000-->\n"
    )


def answer_pip(mirror, request, forged):
    wheel = WHEEL_FORGED if forged else WHEEL
    if request.path == "/simple/iniconfig/":
        content_type, page = simple_page(mirror, request.headers.get("accept", ""), wheel)
        headers = [("X-PyPI-Last-Serial", "20000000"), ("Vary", "Accept")]
        return Answer(200, content_type, page.encode(), headers)
    if request.path == "/simple/iniconfig":
        return Answer(301, headers=[("Location", "/simple/iniconfig/")])
    if request.path == "/last-modified":
        return Answer(200, body=time.strftime("%Y%m%dT%H:%M:%S", time.gmtime()).encode())
    if request.path in (wheel_path(WHEEL), wheel_path(wheel)):
        return Answer(200, "application/octet-stream", wheel)
    return NOT_FOUND


def wants_token(mirror):
    """Every second registry is open, as among the public mirrors."""
    return int(mirror.row.rtt_ms) % 2 == 1 or "token" in mirror.row.behaviour


def challenge(realm, scope):
    text = f'Bearer realm="{realm}",service="lab, registry"'
    return ("WWW-Authenticate", text + (f',scope="{scope}"' if scope else ""))


def answer_docker(mirror, request, forged, realm=None):
    version = ("Docker-Distribution-API-Version", "registry/2.0")
    token = f"lab-{mirror.id}"
    if request.path == "/token":
        body = json.dumps({"token": token, "access_token": token, "expires_in": 300})
        return Answer(200, "application/json", body.encode())
    scope = "repository:library/hello-world:pull" if request.path != "/v2/" else ""
    if wants_token(mirror) and request.headers.get("authorization") != "Bearer " + token:
        body = b'{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}\n'
        realm = realm or f"https://{mirror.host}/token"
        return Answer(401, "application/json", body, [version, challenge(realm, scope)])
    if request.path == "/v2/":
        return Answer(200, "application/json", b"{}", [version])
    if request.path in (MANIFEST_PATH, MANIFEST_PATH.rpartition("/")[0] + "/latest"):
        digest = ("Docker-Content-Digest", "sha256:" + MANIFEST_SHA256)
        body = MANIFEST_FORGED if forged else MANIFEST
        return Answer(200, MANIFEST_TYPE, body, [version, digest])
    body = b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}\n'
    return Answer(404, "application/json", body, [version])


def answer_language(mirror, request, forged, **more):
    synced = {"stale": 1577934245, "ageless": None}.get(mirror.row.behaviour, time.time())
    found = languages.serve(mirror.tool, mirror.host, request.path, synced, **more)
    if found is None:
        return NOT_FOUND
    content_type, body, headers = found
    if forged and request.path == CANARY_PATHS[mirror.tool]:
        body = body[:-2] + bytes([body[-2] ^ 1]) + body[-1:]
    return Answer(200, content_type, body, headers)


ANSWERS = {"go": answer_go, "pip": answer_pip, "docker": answer_docker,
           **dict.fromkeys(languages.SERVICES, answer_language)}


def ranged(answer, wanted):
    """The answer with `Range: bytes=A-B` applied; several ranges are ignored, as is allowed."""
    unit, _, span = wanted.partition("=")
    first, dash, last = span.partition("-")
    total = len(answer.body)
    if unit != "bytes" or not dash or not (first + last).isdigit() or total == 0:
        return answer
    start = int(first) if first else max(0, total - int(last))
    end = min(int(last), total - 1) if first and last else total - 1
    if start >= total or end < start:
        return Answer(416, headers=[("Content-Range", f"bytes */{total}")])
    part = Answer(206, body=answer.body[start:end + 1])
    part.headers = [*answer.headers, ("Content-Range", f"bytes {start}-{end}/{total}")]
    return part


def honest(mirror, request, forged=False):
    if request.path.endswith(BULK_PATH):
        headers = [("Accept-Ranges", "bytes")]
        answer = Answer(200, "application/octet-stream", BULK, headers)
    else:
        answer = ANSWERS[mirror.tool](mirror, request, forged)
    if answer.status == 200 and "range" in request.headers:
        answer = ranged(answer, request.headers["range"])
    return answer
