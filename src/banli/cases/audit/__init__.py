"""Does everything still follow from the journal? Chains, day seals, gapless numbers, and every row that it tells of.

Each check yields what is wrong, first row first, and nothing here writes. A check walks its tables in batches: its
memory does not grow with the years. `several` runs them all by several processes, on one snapshot of the
database. What is not compared, and why, stands in `uncovered`; what cannot be found at all before a day is
sealed is said in docs/concepts.md.
"""

from .blanks import blanks
from .cases import cases, strays
from .chains import chains, day_seals, hash_of, heads
from .contracts import contracts
from .estates import posts, residents
from .finding import Check, Finding
from .keeping import keeping
from .money import entries, prices, shifts
from .numbers import forms, numbers
from .own import own
from .versions import versions

__all__ = ["CHECKS", "Check", "Finding", "cases", "chains", "day_seals", "hash_of", "numbers"]

CHECKS: dict[str, Check] = {
    "日志链 / journal chains": chains,
    "日志末条 / ends of the chains": heads,
    "日封 / day seals": day_seals,
    "流程版本 / procedure versions": versions,
    "办件及其待办、单据、登记、附件、通知 / cases and their tasks, papers, books, pictures, notices": cases,
    "无主之行 / rows of no case": strays,
    "编号 / numbers": numbers,
    "单据样式 / forms of papers": forms,
    "空白表 / blank sheets": blanks,
    "岗位、代理、密钥 / posts, deputies, keys": posts,
    "班次与长短款 / shifts and what was over or short": shifts,
    "总账 / ledger": entries,
    "价目 / prices": prices,
    "设置、日历、封账 / settings, calendar, closed months": own,
    "住户与委托 / residents and authority": residents,
    "合同 / contracts": contracts,
    "到期删除与暂缓 / what was erased in its time, or held back": keeping,
}
