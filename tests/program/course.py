# SPDX-License-Identifier: GPL-3.0-or-later
"""hmpsh installed below a directory, with lessons of our own."""
import os
import shutil

from conftest import HMPSH, LAB_GUEST

LESSONS = {
    "01-quick": """# A quick one.
# The guest runs. What it is asked, and what it says,
# comes next.
#
# Like this:
#     info version
info status
lab status
# It was running. Now it stands still.
stop
info status
# Try it yourself:
#     cont            the guest goes on
#     info status     it says so
""",
    "02-fails": """# One that fails
# This is wrong.
info status
nosuch thing
# This is never said.
cont
""",
    "03-hosts": """# One for two hosts
# Needs: two hosts
# Here is a guest.
info status
""",
    "04-long": "# A long one\n# It takes its time.\nsleep 60\n# Never.\nstop\n",
    "05-nested": "# One in itself\n# It runs another one.\nlab lesson 1\n",
    "07-talks": "# One with much to say\n# It goes on.\nsleep 0.5\nhelp\nhelp\n"
                "# And on.\nsleep 30\n",
    "06-much": "# Much text\n" + "".join(f"# Paragraph {n}.\n#\n" for n in range(30)) +
               "info status\n# And what it says.\nhelp\n",
}


def install(directory):
    """The path of the program."""
    labs = directory / "share/hmpsh/labs"
    labs.mkdir(parents=True)
    for name, text in LESSONS.items():
        (labs / f"{name}.hmp").write_text(text)
    (directory / "bin").mkdir()
    shutil.copy(shutil.which(HMPSH), directory / "bin/hmpsh")
    if LAB_GUEST:
        os.symlink(LAB_GUEST, directory / "share/hmpsh/lab-guest.elf")
    return str(directory / "bin/hmpsh")
