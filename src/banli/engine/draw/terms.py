"""What the kinds of answer are called."""

from banli.engine.text import Text

FIELD_TYPES: dict[str, Text] = {
    "text": Text(zh="文字", en="text"),
    "long_text": Text(zh="多行文字", en="several lines"),
    "person_name": Text(zh="姓名", en="a person's name"),
    "cn_id": Text(zh="身份证号", en="identity number"),
    "phone": Text(zh="电话", en="telephone"),
    "plate": Text(zh="车牌号", en="number plate"),
    "date": Text(zh="日期", en="date"),
    "datetime": Text(zh="日期和时间", en="date and time"),
    "time": Text(zh="时间", en="time"),
    "integer": Text(zh="整数", en="whole number"),
    "money": Text(zh="金额（元）", en="amount (yuan)"),
    "choice": Text(zh="单选", en="one of"),
    "choices": Text(zh="多选", en="some of"),
    "yes_no": Text(zh="是或否", en="yes or no"),
    "table": Text(zh="表格", en="table"),
    "photo": Text(zh="照片", en="photograph"),
    "portrait": Text(zh="一寸照片", en="one-inch photograph"),
    "id_copy": Text(zh="证件照片（加用途水印）", en="picture of an identity paper, marked with its purpose"),
    "signature": Text(zh="签名", en="signature"),
}
