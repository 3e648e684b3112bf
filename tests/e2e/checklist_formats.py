"""Reads PREFIX.json, .junit, .tap, .md and .text with parsers of their own and compares them:

    checklist_formats.py PREFIX
"""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

# Jenkins' xunit plugin, junit-10.xsd: attributes (True: required) and children in their order.
SCHEMA = {
    "testsuites": ({"name": False, "time": False, "tests": False, "failures": False,
                    "disabled": False, "errors": False}, ["testsuite"]),
    "testsuite": ({"name": True, "tests": True, "failures": True, "errors": True, "time": False,
                   "disabled": False, "skipped": False, "timestamp": False, "hostname": False,
                   "id": False, "package": False},
                  ["properties", "testcase", "system-out", "system-err"]),
    "testcase": ({"name": True, "time": False, "classname": False, "group": False},
                 ["skipped", "error", "failure", "system-out", "system-err"]),
    "skipped": ({"type": False, "message": False}, []),
    "failure": ({"type": False, "message": False}, []),
    "system-out": ({}, []),
}


def check_schema(element):
    attributes, children = SCHEMA[element.tag]
    assert set(element.attrib) <= set(attributes), (element.tag, element.attrib)
    for name, required in attributes.items():
        assert name in element.attrib or not required, (element.tag, name)
    for name in ("tests", "failures", "errors", "skipped"):
        assert element.attrib.get(name, "0").isdigit(), (element.tag, name)
    order = [children.index(child.tag) for child in element]
    assert order == sorted(order), (element.tag, order)
    for child in element:
        check_schema(child)


def read_junit(path):
    root = ElementTree.parse(path).getroot()
    assert root.tag == "testsuites"
    check_schema(root)
    found = {}
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))
        for case in cases:
            assert case.get("classname") == "mirrorwise." + suite.get("name")
            status = "pass"
            if case.find("failure") is not None:
                status = "fail"
                message = case.find("failure").get("message")
            elif case.find("skipped") is not None:
                status = "skip"
                message = case.find("skipped").get("message")
            else:
                text = case.find("system-out").text
                status = re.search(r"^status: (\w+)$", text, re.MULTILINE).group(1)
                message = re.search(r"^found: (.*)$", text, re.MULTILINE).group(1)
            found[case.get("name")] = (status, message)
    return found


def read_tap(path):
    """A consumer of TAP 14 as the specification has it: version, plan, points, YAML blocks."""
    lines = path_lines(path)
    assert lines[0] == "TAP version 14", lines[0]
    plan = int(re.fullmatch(r"1\.\.(\d+)", lines[1]).group(1))
    found = {}
    at, number = 2, 0
    while at < len(lines):
        point = re.fullmatch(r"(not )?ok (\d+) - (.*?)( # SKIP (.*))?", lines[at])
        assert point, lines[at]
        number += 1
        assert int(point.group(2)) == number
        described = re.sub(r"\\(.)", r"\1", point.group(3))
        status = "fail" if point.group(1) else "pass"
        message = None
        if point.group(4):
            status, message = "skip", re.sub(r"\\(.)", r"\1", point.group(5))
        at += 1
        if at < len(lines) and lines[at] == "  ---":
            block = {}
            at += 1
            while lines[at] != "  ...":
                name, value = lines[at].strip().split(": ", 1)
                block[name] = json.loads(value)
                at += 1
            at += 1
            status, message = block["severity"], block["observed"]
        found[described.split(": ", 1)[0]] = (status, message)
    assert number == plan == len(found), (number, plan, len(found))
    return found


def path_lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def main():
    prefix = sys.argv[1]
    with open(prefix + ".json", encoding="utf-8") as file:
        document = json.load(file)
    assert document["schema_version"] == 1
    checks = {}
    for check in document["checks"]:
        for name in ("id", "title", "status", "observed", "expected", "why", "fix"):
            assert isinstance(check[name], str), (check, name)
        assert check["status"] in ("pass", "warn", "fail", "skip")
        assert check["id"] not in checks, check["id"]
        checks[check["id"]] = check
    wanted = {name: (check["status"], check["observed"]) for name, check in checks.items()}

    assert read_junit(prefix + ".junit") == wanted
    for name, (status, message) in read_tap(prefix + ".tap").items():
        assert status == wanted[name][0], name
        assert message is None or message == wanted[name][1], name

    items = [line for line in path_lines(prefix + ".md") if re.match(r"- \[[ x]\] ", line)]
    done = [line for line in items if line.startswith("- [x]")]
    assert len(items) == len(checks)
    assert len(done) == sum(check["status"] in ("pass", "warn") for check in checks.values())
    fixes = [re.fullmatch(r"  - fix: (`+) ?(.*?) ?\1", line) for line in path_lines(prefix + ".md")
             if line.startswith("  - fix: ")]
    assert all(fixes)
    told = [check["fix"] for check in checks.values()
            if check["fix"] and check["status"] in ("warn", "fail")]
    assert sorted(fix.group(2) for fix in fixes) == sorted(told)

    with open(prefix + ".text", encoding="utf-8") as file:
        text = file.read()
    for name, check in checks.items():
        if check["status"] in ("warn", "fail"):
            assert name in text and check["fix"] in text, name
    counts = [sum(check["status"] == status for check in checks.values())
              for status in ("fail", "warn", "pass", "skip")]
    assert "%d failed, %d warnings, %d passed, %d not checked." % tuple(counts) in text
    assert document["exit_code"] == (2 if counts[0] else 0)


main()
