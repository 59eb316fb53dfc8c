"""What residents complain of and ask in the year, and what the office finds, answers and does. Nobody's words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grievance:
    """A failing of ours. ``department``: the post that answers for it. ``order``: part and trade of the work order it
    needs. ``of``: who is complained of."""

    cause: str
    department: str
    happened: str
    matter: str
    wanted: str
    why: str
    found: str
    measure: str
    result: str
    order: tuple[str, str] | None = None
    of: str = ""


@dataclass(frozen=True)
class Talk:
    """Help, a question, venting. ``result``: what was done besides answering; empty where the answer was enough."""

    kind: str
    cause: str
    department: str
    matter: str
    why: str
    measure: str
    result: str = ""
    order: tuple[str, str] | None = None


GRIEVANCES = (
    Grievance(
        "cleaning", "cleaning_leader", "早上七点半，三楼电梯厅", "电梯厅的垃圾两天没人收，天热有味道",
        "每天收两次", "保洁计划是每天两次，漏收", "垃圾桶旁堆了四袋，地面有汤水",
        "马上清运冲洗，这一层排班由老吴亲自跟一周", "已清运、冲洗、消毒，次日早晚各查一次正常",
    ),
    Grievance(
        "cleaning", "cleaning_leader", "下雨天，单元门口", "门口地砖湿滑没有铺防滑垫，老人差点摔倒",
        "下雨就铺垫子、放提示牌", "雨天应铺防滑垫，没有铺", "防滑垫收在工具间，当班没有取出",
        "当场铺好，雨天由大堂助理开门前检查", "已铺防滑垫并放“小心地滑”牌，列入开门检查",
    ),
    Grievance(
        "cleaning", "cleaning_leader", "地下一层，靠电梯的通道", "车库通道积灰很厚，推婴儿车一路是土",
        "定期冲洗", "每月冲洗一次的计划没有执行", "通道两侧积灰，洗地机待修", "这周先用人工冲洗，洗地机修好后补洗",
        "已人工冲洗，洗地机已修好",
    ),
    Grievance(
        "vehicles", "safety_supervisor", "晚上八点以后，消防车通道", "消防车道天天停满外来车，救护车来了怎么进",
        "晚上有人管", "消防车道必须保持畅通，夜间巡逻没有清", "北侧车道停了三辆外来车",
        "已请车主移走，晚八点到十点加一班岗", "连续三晚检查，车道没有停车",
    ),
    Grievance(
        "vehicles", "safety_supervisor", "周六下午，地库 B 区", "固定车位被别人占了两个钟头，打电话没人来",
        "十分钟内到场处理", "接到电话后没有派人到场", "车位被访客车占用，值班电话漏接",
        "已联系车主移车；值班电话改为两部，漏接回拨", "车已移走，当面道歉，值班电话已分两部",
    ),
    Grievance(
        "order", "safety_supervisor", "上周三中午", "推销的人一层一层敲门，门岗没有拦", "外来人员先登记",
        "来访应登记并由住户确认，门岗没有问", "监控看到两人跟着住户进门", "当班重新讲一遍来访登记，这周查岗两次",
        "已约谈当班，两次查岗都按规定登记",
    ),
    Grievance(
        "order", "safety_supervisor", "夜里十一点，中心花园", "有人放音响唱歌到半夜，巡逻经过也不管",
        "十点以后不许放", "夜间巡逻应劝止，没有记录", "巡逻记录里没有这一条", "十点起由巡逻劝止并记录",
        "已劝止并张贴提示，三晚没有再发生",
    ),
    Grievance(
        "manner", "duty_supervisor", "周二上午，大门口", "取快递忘带卡，门岗说话很冲，让我在雨里等",
        "道歉", "核实身份后应先请进来避雨", "监控显示在雨中等了六分钟", "当面道歉，核实身份的住户先放行后登记",
        "值班主任陪同当面道歉，业主接受", of="门岗老周",
    ),
    Grievance(
        "manner", "engineering_supervisor", "昨天下午，家里", "师傅进门不穿鞋套，问一句就不耐烦", "换人来，态度好一点",
        "上门应穿鞋套、出示工牌", "地板有鞋印，师傅承认没有带鞋套", "今天由主管陪同重新上门，清理地面",
        "已上门道歉并清理，鞋套改为随工具包配齐", of="维修工老郑",
    ),
    Grievance(
        "charging", "finance", "上月账单", "停车费多收了一个月，退了车位还在扣", "把多收的退回来",
        "退车位登记晚了，系统多计一个月", "退位日期登记晚了九天", "核对后退回多收的一个月，三个工作日内到账",
        "多收部分已退回原卡，业主确认收到",
    ),
    Grievance(
        "charging", "finance", "水费单", "水费单的读数比表上多了十几吨", "重新抄表", "抄表读数写错一位",
        "现场表数与单上不符，十位抄错", "按现场读数更正，下月单上冲减", "已更正并送更正单上门",
    ),
    Grievance(
        "equipment", "engineering_supervisor", "早高峰", "电梯一个月坏了三次，上班天天迟到", "彻底修好",
        "同一部电梯一月内三次停梯", "门机皮带磨损，维保只做了调整", "请维保单位今天更换皮带，明早七点前恢复",
        "已更换门机皮带，运行一周无故障", ("lift", "lift"),
    ),
    Grievance(
        "equipment", "engineering_supervisor", "单元门", "单元门禁坏了半个月，谁都能进", "尽快修", "报过修，没有跟到底",
        "读卡器进水，门磁不吸合", "今天先加装临时闭门锁，读卡器三天内换好", "读卡器已更换，刷卡、对讲都正常",
        ("hall", "weak"),
    ),
    Grievance(
        "equipment", "engineering_supervisor", "十四楼楼道", "楼道灯坏了一排，晚上摸黑走", "当天修好",
        "巡查没有发现，灯坏超过三天", "声控模块损坏，五盏不亮", "今晚更换，同一单元其他楼层一并检查",
        "已更换五盏声控灯，全单元查过一遍", ("hall", "electric"),
    ),
    Grievance(
        "equipment", "engineering_supervisor", "地库坡道", "地库坡道一下雨就积水，鞋都湿了", "疏通排水",
        "排水沟没有按期清掏", "截水沟被落叶堵死", "今天清掏，雨季每周检查一次", "已清掏两车淤泥，试水排放顺畅",
        ("garage", "water"),
    ),
    Grievance(
        "repair", "engineering_supervisor", "上周修过的卫生间", "卫生间才修好又漏，楼下找上门了", "修到不漏为止",
        "同一处一周内返修", "上次只换了胶圈，暗管接头渗水", "今天开检修口重接，做两天闭水试验",
        "重接暗管，闭水 48 小时不漏，楼下顶面已补刷", ("home", "water"),
    ),
    Grievance(
        "noise", "safety_supervisor", "中午十二点半到两点", "楼上中午还在打钻，孩子没法午睡", "午休不许施工",
        "午间禁噪时段施工，巡查没有制止", "室内正在打孔，施工员不知道时段规定", "当场停工，当面讲清时段，再犯停工整改",
        "已停工并签时段告知，三天中午巡查都安静",
    ),
    Grievance(
        "noise", "safety_supervisor", "周日早上七点", "隔壁装修周日一早砸墙", "周末不许砸墙", "周末禁止有噪声的施工",
        "隔墙拆除正在进行", "立即停工，工人出入证暂收，周一再来", "已停工，装修负责人写了保证书",
    ),
    Grievance(
        "other", "duty_supervisor", "快递柜旁", "快递堆在大堂没人管，少了一件", "查监控",
        "大堂代放应登记，没有登记", "监控看到邻居误取", "已联系误取的邻居，今晚送回", "快递已送回，大堂设了登记本",
    ),
)  # fmt: skip

TALKS = (
    Talk("help", "equipment", "engineering_supervisor", "家里突然没电，对门有电，帮忙看看",
        "电表后空开跳闸，属户内，先帮看",
         "十分钟内请师傅上门看空开", "热水器漏电跳闸，断开后恢复供电，提醒更换"),
    Talk("help", "other", "duty_supervisor", "老人忘带钥匙，锁在门外，孩子在外地", "不是我们的责任，帮忙联系",
         "请老人在大堂休息，已联系备案的开锁公司", "核对身份后开锁，老人已回家"),
    Talk("help", "vehicles", "safety_supervisor", "车在地库打不着火，挡住了邻居的出口", "车辆自身故障，协助推开",
         "马上去两个人推开", "已推到空车位，借了搭电线，车已打着"),
    Talk("help", "other", "safety_supervisor", "小孩在园区走散了，穿黄色外套", "紧急求助，各岗一起找",
         "各门岗已通知，正在看监控", "十二分钟后在儿童滑梯后面找到，家长已接走"),
    Talk("help", "equipment", "engineering_supervisor", "楼下地库顶在滴水，怕泡了车", "公共管道，需要工程看",
         "先挪车，工程马上去查", "喷淋支管接头渗水，已拧紧观察", ("garage", "water")),
    Talk("help", "noise", "duty_supervisor", "楼上半夜拖椅子，想请物业帮忙说一声", "邻里之间，帮助沟通",
         "今天下午去楼上沟通", "楼上同意给椅脚贴毛毡，互留了电话"),
    Talk("question", "charging", "finance", "物业费可以按季度交吗，晚几天有没有滞纳金", "咨询收费",
         "可以按季交；合同约定逾期才计，发短信提醒在先"),
    Talk("question", "vehicles", "duty_supervisor", "新买了车，怎么办固定车位", "咨询车位",
         "带行驶证到前台登记，有空位按顺序排"),
    Talk("question", "noise", "duty_supervisor", "装修几点到几点可以施工，周末行不行", "咨询装修时段",
         "工作日上午八点到十二点、下午两点到六点；周末不做有噪声的"),
    Talk("question", "other", "duty_supervisor", "建议在东门加一把遮雨棚，接孩子好等", "合理建议",
         "建议已记下，列入下次业主委员会议题"),
    Talk("question", "equipment", "engineering_supervisor", "二次供水水箱多久清洗一次，有没有检测报告", "咨询",
         "每半年清洗一次，报告贴在大堂公告栏，前台可以看原件"),
    Talk("question", "cleaning", "cleaning_leader", "旧沙发放哪里有人收", "咨询大件垃圾",
         "放到东北角大件堆放点，每周四清运；搬运可以在前台约"),
    Talk("venting", "order", "duty_supervisor", "每次带朋友来都要登记，把我们当外人", "来访登记是规定，误解",
         "说明登记是为大家安全；常来的可以让业主手机确认，不用等"),
    Talk("venting", "charging", "duty_supervisor", "费交了不少，怎么园区还是老样子", "情绪，未指明哪一项",
         "把今年更换门禁、清洗水箱、补种绿化的公示念给业主听，请业主来看台账"),
    Talk("venting", "vehicles", "safety_supervisor", "楼下电动车乱停，说了多少次", "已在整治，业主着急",
         "说明新车棚本周启用，请业主先停到东侧", "新车棚已启用，楼下加了禁停线"),
    Talk("venting", "cleaning", "cleaning_leader", "柳絮飘得满楼道都是，你们也不扫", "季节原因，扫后又有",
         "每天加扫一次，请大家随手关楼道窗"),
    Talk("venting", "manner", "duty_supervisor", "打电话老占线，是不是不想接", "高峰占线，误解",
         "说明早八点到九点最忙，可留言，半小时内回电"),
)  # fmt: skip

SOLVED = ("solved", "solved", "solved", "solved", "partly")
HEARD = (
    "处理得快", "希望以后少发生", "这次还可以", "没有别的意见", "答复清楚", "来了两个人，很认真", "继续保持",
    "能接受", "再看一阵子", "态度好",
)  # fmt: skip
UNHEARD = ("才两天又这样", "只来看了一眼，没有彻底解决", "说好的时间没有来", "问题还在")
NOT_OURS = (
    "与我们的服务无关，是邻里之间的事",
    "费用由供电公司收取，不是我们多收",
    "业主误会了规定，没有过失",
)
OURS = ("核实后确是我们漏做", "同样的事上月已说过一次，确有过失")
TURNED = ("要我签字就签字，我要正式投诉", "这样答复不满意，要一个说法")
