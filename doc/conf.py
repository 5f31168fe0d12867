# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's settings for the manual (man pages) and the guide (one page of HTML).

What differs from build to build comes from doc/build: language, version, locale_dirs, and
`generated`, the directory of the references that hmpsh itself prints, in each language. These are not
in the catalogue of doc/po/docs: the program's own catalogue has their texts.
"""
import gettext
import pathlib
import re

HERE = pathlib.Path(__file__).parent
PAGES = sorted(path.stem for path in HERE.glob("*.[1-9].rst"))
INCLUDE = re.compile(r"^\.\. include:: (\w+)\.rst$", re.M)
DESCRIPTION = re.compile(r"^   :description: (.+)$", re.M)

project = "hmpsh"
root_doc = "guide"
include_patterns = ["*.rst"]
today = " "  # the same pages on every day
smartquotes = False  # two hyphens are two hyphens
numfig = False

gettext_compact = "docs"
gettext_additional_targets = ["literal-block"]

man_make_section_directory = True

html_theme = "alabaster"
html_theme_options = {"nosidebar": True, "page_width": "52em", "show_powered_by": False}
html_title = "hmpsh"
html_copy_source = False
html_use_index = False


def describe_pages(app, config):
    """The list of man pages, each with its document's description, in the language of the build."""
    catalogue = gettext.NullTranslations()
    if config.language != "en":
        catalogue = gettext.translation("docs", config.locale_dirs[0], [config.language])
    config.man_pages = []
    for page in PAGES:
        name, _, section = page.rpartition(".")
        text = (HERE / (page + ".rst")).read_text(encoding="utf-8")
        description = DESCRIPTION.search(text).group(1)
        config.man_pages.append((page, name, catalogue.gettext(description), [], int(section)))


def include_references(app, document, source):
    """Puts in what hmpsh printed; nothing when texts are extracted for translation."""
    def reference(match):
        if not app.config.generated:
            return ""
        path = pathlib.Path(app.config.generated, f"{match[1]}.{app.config.language}.rst")
        return path.read_text(encoding="utf-8")
    source[0] = INCLUDE.sub(reference, source[0])


def setup(app):
    app.add_config_value("generated", "", "env")
    app.connect("config-inited", describe_pages, priority=10)
    app.connect("source-read", include_references)
