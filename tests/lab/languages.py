"""What a mirror of each language's registry serves: small packages of the lab's own that the real
tools install, and what a prober asks for. Bytes are the same in every run; dates are of now."""

import base64
import email.utils
import gzip
import hashlib
import io
import json
import tarfile
import time
import zipfile
import zlib

SERVICES = ("npm", "cargo", "rustup", "maven", "gradle-plugins", "conda", "homebrew", "node-dist",
            "rubygems", "composer")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def tar(files):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mode = 0o644
            archive.addfile(info, io.BytesIO(data))
    return raw.getvalue()


def packed(data):
    return gzip.compress(data, mtime=0)


# ---- npm: one package, which npm, Yarn and pnpm install ---------------------------------------

NPM = packed(tar({"package/package.json": b'{"name":"isarray","version":"1.0.0","main":"index.js"}',
                  "package/index.js": b"module.exports = 1\n"}))
NPM_PATH = "/isarray/-/isarray-1.0.0.tgz"


def npm_version(host):
    return {"name": "isarray", "version": "1.0.0", "_id": "isarray@1.0.0",
            "dist": {"tarball": f"https://{host}{NPM_PATH}",
                     "shasum": hashlib.sha1(NPM).hexdigest(),
                     "integrity": "sha512-" + base64.b64encode(hashlib.sha512(NPM).digest()).decode()}}


def npm(host, path, synced, tarballs=None):
    """`tarballs`: the host that they are said to be on."""
    version = npm_version(tarballs or host)
    upstream = {} if synced is None else {
        "last_package_created": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(synced))}
    return {
        "/": {"db_name": "lab", "upstream_registries": [upstream]},
        "/isarray": {"name": "isarray", "dist-tags": {"latest": "1.0.0"},
                     "time": {"1.0.0": "2014-01-01T00:00:00.000Z"}, "versions": {"1.0.0": version}},
        "/isarray/1.0.0": version,
        NPM_PATH: NPM if tarballs in (None, host) else None,
    }.get(path)


# ---- cargo: a sparse index of two crates ------------------------------------------------------


def crate(name, version):
    top = f"{name}-{version}"
    manifest = f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2021"\n'
    return packed(tar({f"{top}/Cargo.toml": manifest.encode(), f"{top}/src/lib.rs": b"pub fn one() {}\n"}))


CRATES = {"precomputed-hash": ("0.1.1", crate("precomputed-hash", "0.1.1")),
          "demo": ("0.1.0", crate("demo", "0.1.0")), "serde": ("1.0.0", crate("serde", "1.0.0"))}


def cargo(host, path, _):
    name = path.rsplit("/", 1)[1]
    if path == "/config.json":
        return {"dl": f"https://{host}/crates"}
    if path.startswith("/crates/"):
        return CRATES.get(path.split("/")[2], (None, None))[1]
    if name in CRATES and path == f"/{name[:2]}/{name[2:4]}/{name}":
        version, data = CRATES[name]
        return json.dumps({"name": name, "vers": version, "deps": [], "features": {}, "yanked": False,
                           "cksum": sha256(data)}) + "\n"
    return None


# ---- rustup ------------------------------------------------------------------------------------

RUSTUP_FILE = "cargo-1.88.0-x86_64-unknown-linux-gnu.tar.xz"
RUSTUP_PATH = f"/dist/2025-06-26/{RUSTUP_FILE}.sha256"
RUSTUP_SHA256 = "856962610ee821648cee32e3d6abac667af7bb7ea6ec6f3d184cc31e66044f6b"
RUSTUP = f"{RUSTUP_SHA256}  {RUSTUP_FILE}\n".encode()


def rustup(_, path, synced):
    date = None if synced is None else time.strftime("%Y-%m-%d", time.gmtime(synced))
    return {
        "/dist/channel-rust-stable.toml.sha256": "0" * 64 + "  channel-rust-stable.toml\n",
        "/dist/channel-rust-nightly-date.txt": date,
        RUSTUP_PATH: RUSTUP,
    }.get(path)


# ---- Maven and Gradle ---------------------------------------------------------------------------


def pom(group, artifact):
    return (f"<project><modelVersion>4.0.0</modelVersion><groupId>{group}</groupId>"
            f"<artifactId>{artifact}</artifactId><version>1</version><packaging>pom</packaging>"
            f"</project>\n").encode()


MAVEN_PATH = "/aopalliance/aopalliance/1.0/aopalliance-1.0.pom"
MAVEN = pom("aopalliance", "aopalliance")
METADATA = b'<?xml version="1.0" encoding="UTF-8"?>\n<metadata><versioning/></metadata>\n'
PLUGIN_PATH = "/org/jetbrains/kotlin/jvm/org.jetbrains.kotlin.jvm.gradle.plugin/maven-metadata.xml"


def maven(_, path, __):
    return {
        MAVEN_PATH: MAVEN,
        PLUGIN_PATH: METADATA,
        "/org/springframework/boot/spring-boot/maven-metadata.xml": METADATA,
        "/org/example/parent/1/parent-1.pom": pom("org.example", "parent"),
        "/org/example/plugin/1/plugin-1.pom": pom("org.example", "plugin"),
    }.get(path)


# ---- conda, Homebrew, Node.js ----------------------------------------------------------------------

CONDA_PATH = "/cloud/conda-forge/linux-64/_libgcc_mutex-0.1-conda_forge.tar.bz2"
CONDA = b"not really a package\n" * 122


def conda(_, path, __):
    if path.endswith("/repodata.json.zst"):
        return b"(\xb5/\xfd" + bytes(64)
    return {CONDA_PATH: CONDA}.get(path)


BREW_PATH = "/api/formula_tap_migrations.jws.json"
BREW = json.dumps({"payload": "{}", "signatures": [{"header": {"kid": "homebrew-1"}}]}).encode()


def homebrew(_, path, __):
    return {BREW_PATH: BREW, "/api/formula.jws.json": BREW}.get(path)


NODE_PATH = "/v20.9.0/SHASUMS256.txt"
NODE = (b"9033989810bf86220ae46b1381bdcdc6c83a0294869ba2ad39e1061f1e69217a  "
        b"node-v20.9.0-linux-x64.tar.xz\n")


def node_dist(_, path, __):
    return {
        "/index.tab": "version\tdate\tfiles\tnpm\tv8\tuv\tzlib\topenssl\tmodules\tlts\tsecurity\n"
                      "v20.9.0\t2023-10-24\tlinux-x64\t10.1.0\t11.3\t1.46\t1.2\t3.0\t115\tIron\tfalse\n",
        NODE_PATH: NODE,
    }.get(path)


# ---- RubyGems: one gem, for the compact index and for the old one ---------------------------------

GEM_SPEC = b"""--- !ruby/object:Gem::Specification
name: base64
version: !ruby/object:Gem::Version
  version: 0.2.0
platform: ruby
authors:
- lab
bindir: bin
date: 2024-01-01 00:00:00.000000000 Z
dependencies: []
executables: []
extensions: []
extra_rdoc_files: []
files:
- lib/base64.rb
require_paths:
- lib
required_ruby_version: !ruby/object:Gem::Requirement
  requirements:
  - - ">="
    - !ruby/object:Gem::Version
      version: '0'
required_rubygems_version: !ruby/object:Gem::Requirement
  requirements:
  - - ">="
    - !ruby/object:Gem::Version
      version: '0'
specification_version: 4
summary: of the lab
"""
GEM = tar({"metadata.gz": packed(GEM_SPEC), "data.tar.gz": packed(tar({"lib/base64.rb": b"LAB = 1\n"}))})
GEM_PATH = "/gems/base64-0.2.0.gem"
GEM_INFO = f"---\n0.2.0 |checksum:{sha256(GEM)}\n".encode()
GEM_VERSIONS = (f"created_at: 2026-01-01T00:00:00Z\n---\nbase64 0.2.0 "
                f"{hashlib.md5(GEM_INFO).hexdigest()}\n").encode()


def marshalled_specs():
    """Ruby's Marshal.dump([["base64", Gem::Version.new("0.2.0"), "ruby"]])."""
    def text(word, encoding=b";\x00T"):
        return b'I"' + bytes([len(word) + 5]) + word + b"\x06" + encoding
    version = b"Gem::Version"
    return (b"\x04\x08[\x06[\x08" + text(b"base64", b":\x06ET") + b"U:" + bytes([len(version) + 5]) +
            version + b"[\x06" + text(b"0.2.0") + text(b"ruby"))


def rubygems(_, path, __):
    specs = packed(marshalled_specs())
    return {"/": b"", "/info/base64": GEM_INFO, "/versions": GEM_VERSIONS, GEM_PATH: GEM,
            "/specs.4.8.gz": specs, "/latest_specs.4.8.gz": specs}.get(path)


# ---- Composer -------------------------------------------------------------------------------------


def zipped(files):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
    return raw.getvalue()


COMPOSER_ZIP = zipped({"acme-demo/composer.json": '{"name": "acme/demo"}', "acme-demo/demo.php": "<?php\n"})
COMPOSER_PATH = "/p2/acme/demo.json"
COMPOSER = json.dumps({"packages": {"acme/demo": [{
    "name": "acme/demo", "version": "1.0.0", "version_normalized": "1.0.0.0", "type": "library",
    "dist": {"type": "zip", "url": "https://code.lab/acme-demo.zip", "reference": "0" * 40,
             "shasum": hashlib.sha1(COMPOSER_ZIP).hexdigest()}}]}}).encode()


def composer(host, path, _):
    if path.startswith("/dists/acme/demo/"):
        return COMPOSER_ZIP
    dists = f"https://{host}/dists/%package%/%version%/r%reference%.%type%"
    return {
        "/packages.json": {"packages": [], "metadata-url": "/p2/%package%.json",
                           "mirrors": [{"dist-url": dists, "preferred": True}]},
        COMPOSER_PATH: COMPOSER,
    }.get(path)


SERVERS = {"npm": npm, "cargo": cargo, "rustup": rustup, "maven": maven, "gradle-plugins": maven,
           "conda": conda, "homebrew": homebrew, "node-dist": node_dist, "rubygems": rubygems,
           "composer": composer}
# The bytes that every honest mirror has, and where.
OBJECTS = {"npm": (NPM_PATH, NPM), "rustup": (RUSTUP_PATH, RUSTUP),
           "cargo": ("/crates/precomputed-hash/0.1.1/download", CRATES["precomputed-hash"][1]),
           "maven": (MAVEN_PATH, MAVEN), "gradle-plugins": (PLUGIN_PATH, METADATA),
           "conda": (CONDA_PATH, CONDA), "homebrew": (BREW_PATH, BREW), "node-dist": (NODE_PATH, NODE),
           "rubygems": (GEM_PATH, GEM), "composer": (COMPOSER_PATH, COMPOSER)}


def canary(service):
    path, data = OBJECTS[service]
    where = {"crate": "precomputed-hash", "version": "0.1.1"} if service == "cargo" else {"path": path}
    return {**where, "sha256": sha256(data), "bytes": len(data)}


def serve(service, host, path, synced, **more):
    """Content type, body and headers of what is at the path; None if nothing is. `synced`: when the
    mirror last was, in seconds; None: it tells nobody."""
    body = SERVERS[service](host, path, synced, **more)
    if body is None:
        return None
    content_type = "application/octet-stream"
    if isinstance(body, dict):
        content_type, body = "application/json", json.dumps(body)
    if isinstance(body, str):
        body = body.encode()
    modified = [] if synced is None else [("Last-Modified", email.utils.formatdate(synced, usegmt=True))]
    return content_type, body, modified
