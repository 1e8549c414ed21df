"""Sentences of the kernel."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "email.invalid": _("邮箱地址不对。检查 @ 前后的部分。"),
    "file.disk_full": _("服务器的磁盘满了，文件没有存下来。请告诉管理员，腾出空间后再试。"),
    "file.not_found": _("没有这个文件，可能已被撤下。回到原来的页面看看。"),
    "idempotency.key": _("Idempotency-Key 要有 1 到 %(longest)s 个可见字符。换一个再发。"),
    "idempotency.mismatch": _("这个 Idempotency-Key 已经用于另一个请求。新的请求换一个新的。"),
    "limit.reached": _("请求太密了。%(seconds)s 秒后再试。"),
    "text.too_long": _("文字最多 %(longest)s 个字，现在是 %(length)s 个。改短后再试。"),
    "input.invalid": _("有几处要改，改好后再提交。"),
    "table.broken": _("文件损坏或不完整，可能上传时中断了。重新导出或下载，再导入。"),
    "table.encrypted": _("文件有密码。去掉密码，另存后再导入。"),
    "table.old_format": _("这是旧的 .xls 或 .et 文件。在 Excel 或 WPS 里另存为 .xlsx 再导入。"),
    "table.other_office": _("这不是 Excel 工作簿（.xlsx）。在 Excel 或 WPS 里另存为 .xlsx 再导入。"),
    "table.macros": _("文件带有宏。另存为不带宏的 .xlsx 再导入。"),
    "table.unpacked": _("文件展开后超过 %(longest)s MB，或部件太多。删去图片和多余的行，另存后再导入。"),
    "table.entities": _("文件的“%(part)s”里有实体声明，不会打开。在 Excel 或 WPS 里另存为 .xlsx 再导入。"),
    "table.far_cell": _("“%(sheet)s”的单元格 %(cell)s 离表格太远。清空它，另存后再导入。"),
    "table.too_many_rows": _("“%(sheet)s”超过 %(longest)s 行。分成几个文件导入。"),
    "table.merged": _("单元格 %(cells)s 合并在一起。取消合并，每格填上自己的内容。"),
    "table.no_value": _("公式没有算出的值。在 Excel 里打开并保存一次，或粘贴为数值。"),
    "table.error_value": _("公式出错，没有值。改正公式，或直接填写内容。"),
    "table.long_number": _("长数字已丢失末几位。把这一列设为文本格式，重新填写。"),
    "table.scientific": _("数字成了科学计数，位数已丢失。把这一列设为文本格式，重新填写。"),
    "table.encoding": _("认不出文字的编码。另存为 UTF-8 的 CSV，或 .xlsx。"),
    "table.not_text": _("这不是文字文件。用 .xlsx 或 CSV。"),
    "table.text_broken": _("第 %(row)s 行的引号没有成对。改正后再导入。"),
    "table.too_long": _("“%(sheet)s”的 %(cell)s 超过 %(longest)s 个字，Excel 放不下。改短后再导出，或导出 JSON。"),
}
