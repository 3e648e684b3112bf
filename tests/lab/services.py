"""What mirrors of package managers answer to probes: one table, a row a path.

The real canaries cannot be made up, so each service has a stand-in of the lab's own, and the lab's
catalogues carry what it is. `{base}` in a text is the mirror's address; a body is what a path
serves, None a path that is only asked for its headers.
"""

import hashlib
import json
import time


def stand_in(name, size):
    """Bytes that nobody compresses, the same in every run."""
    return hashlib.shake_256(name.encode()).digest(size)


CRATE = stand_in("precomputed-hash-0.1.1.crate", 1640)
NPM = stand_in("isarray-1.0.0.tgz", 2021)
GEM = stand_in("base64-0.2.0.gem", 6144)
CONDA = stand_in("_libgcc_mutex-0.1-conda_forge.tar.bz2", 2562)
POM = b'<?xml version="1.0"?>\n<project><artifactId>aopalliance</artifactId></project>\n'
RUSTUP_HASH = hashlib.sha256(b"cargo-1.88.0").hexdigest()
NODE_LINE = hashlib.sha256(b"node-v20.9.0").hexdigest() + "  node-v20.9.0-linux-x64.tar.xz"
METADATA = b"<?xml version='1.0'?>\n<metadata><lastUpdated>20260101000000</lastUpdated></metadata>\n"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def canary(path, data):
    return {"path": path, "sha256": sha256(data), "bytes": len(data)}


def crate_line(name, version, checksum):
    return json.dumps({"name": name, "vers": version, "deps": [], "cksum": checksum,
                       "features": {}, "yanked": False}) + "\n"


POM_PATH = "/aopalliance/aopalliance/1.0/aopalliance-1.0.pom"
GEM_PATH = "/gems/base64-0.2.0.gem"
NPM_PATH = "/isarray/-/isarray-1.0.0.tgz"
CONDA_PATH = "/cloud/conda-forge/linux-64/_libgcc_mutex-0.1-conda_forge.tar.bz2"
RUSTUP_PATH = "/dist/2025-06-26/cargo-1.88.0-x86_64-unknown-linux-gnu.tar.xz.sha256"
NODE_PATH = "/v20.9.0/SHASUMS256.txt"
KOTLIN = "/org/jetbrains/kotlin/jvm/org.jetbrains.kotlin.jvm.gradle.plugin/maven-metadata.xml"

ISARRAY = {
    "name": "isarray", "version": "1.0.0", "dist": {
        "tarball": "{base}" + NPM_PATH, "integrity": "sha512-lab", "shasum": "0" * 40,
    },
}

SERVICES = {
    "npm": {
        "canary": canary(NPM_PATH, NPM),
        "paths": {
            "/isarray/1.0.0": ISARRAY,
            "/isarray": {"name": "isarray", "dist-tags": {"latest": "1.0.0"},
                         "versions": {"1.0.0": ISARRAY}},
            "/": {"upstream_registries": [{"last_package_created": "{now}"}]},
            NPM_PATH: NPM,
        },
    },
    "cargo": {
        "canary": {"crate": "precomputed-hash", "version": "0.1.1", "sha256": sha256(CRATE),
                   "bytes": len(CRATE)},
        "paths": {
            "/config.json": {"dl": "{base}/crates"},
            "/pr/ec/precomputed-hash": crate_line("precomputed-hash", "0.1.1", sha256(CRATE)),
            "/se/rd/serde": crate_line("serde", "1.0.0", "0" * 64),
            "/crates/precomputed-hash/0.1.1/download": CRATE,
        },
    },
    "maven": {
        "canary": canary(POM_PATH, POM),
        "paths": {POM_PATH: POM,
                  "/org/springframework/boot/spring-boot/maven-metadata.xml": METADATA},
    },
    "rubygems": {
        "canary": canary(GEM_PATH, GEM),
        "paths": {
            "/info/base64": "---\n0.2.0 |checksum:" + sha256(GEM) + "\n",
            "/versions": "created_at: 2026-01-01T00:00:00Z\n---\nbase64 0.2.0 " + "0" * 32 + "\n",
            GEM_PATH: GEM,
        },
    },
    "composer": {
        "canary": None,
        "paths": {"/packages.json": {"packages": [], "metadata-url": "/p2/%package%.json",
                                     "available-packages": []}},
    },
    "conda": {
        "canary": canary(CONDA_PATH, CONDA),
        "paths": {"/cloud/conda-forge/noarch/repodata.json.zst": b"zst", CONDA_PATH: CONDA},
    },
    "rustup": {
        "canary": {"path": RUSTUP_PATH, "begins": RUSTUP_HASH},
        "paths": {
            "/dist/channel-rust-stable.toml.sha256": "1" * 64 + "  channel-rust-stable.toml\n",
            "/dist/channel-rust-nightly-date.txt": "{today}",
            RUSTUP_PATH: RUSTUP_HASH + "  cargo-1.88.0-x86_64-unknown-linux-gnu.tar.xz\n",
        },
    },
    "homebrew": {
        "canary": None,
        "paths": {
            "/api/formula.jws.json": {"payload": "[]", "signatures": []},
            "/api/formula_tap_migrations.jws.json": {"payload": "{{}}", "signatures": [{}]},
        },
    },
    "node-dist": {
        "canary": {"path": NODE_PATH, "contains": NODE_LINE},
        "paths": {"/index.tab": "version\tdate\tfiles\nv20.9.0\t2023-10-24\tlinux-x64\n",
                  NODE_PATH: NODE_LINE + "\n"},
    },
    "gradle-dist": {"canary": None, "paths": {"/gradle-8.5-bin.zip": b"PK"}},
    "gradle-plugins": {"canary": None, "paths": {KOTLIN: METADATA}},
}

TYPES = {dict: "application/json", str: "text/plain; charset=utf-8",
         bytes: "application/octet-stream"}


def filled(text, base):
    now = time.gmtime()
    return (text.replace("{base}", base)
            .replace("{now}", time.strftime("%Y-%m-%dT%H:%M:%SZ", now))
            .replace("{today}", time.strftime("%Y-%m-%d", now)))


def find(service, base, path):
    """Content type and body of a path below `base`; None if the service has none there."""
    found = SERVICES[service]["paths"].get(path)
    if found is None:
        return None
    body = json.dumps(found) if isinstance(found, dict) else found
    if isinstance(body, str):
        body = filled(body, base).encode()
    return TYPES[type(found)], body
