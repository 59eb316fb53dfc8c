"""A file cannot be read into the language."""

from banli.engine.faults._saying import Saying, say

FAULTS: dict[str, Saying] = {
    "unreadable": say(
        "文件读不出来：{why}。",
        "the file cannot be read: {why}",
        "存成 UTF-8 文本。",
        "save it as UTF-8 text",
    ),
    "yaml": say(
        "不是 YAML：{why}。",
        "not YAML: {why}",
        "检查缩进、引号，同一个键只写一次。",
        "check the indentation and the quotes, and write each key once",
    ),
    "unknown_key": say(
        "没有这个键。", "there is no such key", "可写：{choices}。", "the keys are: {choices}"
    ),
    "missing": say("缺少这一项。", "is missing", "补上。", "add it"),
    "value": say(
        "写法不对：{why}。",
        "is not right: {why}",
        "照 docs/authoring.md 改写。",
        "write it as docs/authoring.md says",
    ),
    "bad_name": say(
        "名字只用小写字母、数字和下划线，字母开头（文件名一类用连字符）。",
        "a name has lower-case letters, digits and underscores and begins with a letter (file names: hyphens)",
        "换一个名字，例如 fill 或 goods-release。",
        "choose another, such as fill or goods-release",
    ),
    "bad_reference": say(
        "写法不对：{why}。",
        "is not right: {why}",
        "写 form.字段、fact.事实 一类的全名。",
        "write the full name, such as form.goods",
    ),
    "file_name": say(
        "写的是“{name}”，文件却叫“{called}”。",
        "is “{name}” in the file “{called}”",
        "两处用同一个名字。",
        "give both the same name",
    ),
    "no_template": say(
        "缺少模板 {template}。",
        "the template {template} is missing",
        "放在这个文件旁边。",
        "put it beside this file",
    ),
    "name_twice": say(
        "步骤或分组“{name}”用了两次。",
        "the name “{name}” is used twice in steps",
        "每个名字只用一次。",
        "use each name once",
    ),
    "several_misplaced": say(
        "“{name}”：单独的 steps 只能写在 together 下面。",
        "“{name}”: steps alone stands only directly under together",
        "去掉这一层，或写在 together 里。",
        "take this level out, or put it under together",
    ),
}
