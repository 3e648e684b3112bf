"""What the benches share: which program they measure, and the lab around them."""
import os
import subprocess
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def program(name="mirrorwise"):
    """The first argument, else MW_BIN, else that of a release build, made now."""
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        return os.path.abspath(sys.argv[1])
    if len(sys.argv) > 1:
        sys.exit(sys.modules["__main__"].__doc__)
    if "MW_BIN" in os.environ:
        return os.path.join(os.path.dirname(os.environ["MW_BIN"]), name)
    subprocess.run([f"{SOURCE}/bootstrap.sh", "build", "release"], check=True)
    return f"{SOURCE}/build/release/{name}"


def enter_lab(path):
    """Goes on inside the lab, with the path of the program as the first argument."""
    if "LAB_DIR" not in os.environ:
        lab = f"{SOURCE}/tests/lab/lab.sh"
        os.execv(lab, [lab, "run", "--", sys.executable, sys.argv[0], path, *sys.argv[2:]])
