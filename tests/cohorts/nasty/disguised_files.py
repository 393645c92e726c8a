"""Files that only call themselves a workbook, as reporting systems write them, and workbooks of other kinds."""

import gzip

from diploma.core.grid import Refusal
from tests.cohorts.nasty.archive import plain, repacked
from tests.cohorts.nasty.csv_files import csv
from tests.cohorts.nasty.rows import ALI, HEADER, VALI, File

XML = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><Worksheet/></Workbook>'
HTML = "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>E-mail<td>ФИО</table></html>"
BINARY = {"_rels/.rels": b"<x/>", "xl/workbook.bin": b"x"}
NUMBERS = {"_rels/.rels": b"<x/>", "Index/Document.iwa": b"x"}

FILES = [
    File("excel xml.xls", lambda: XML, Refusal.NOT_A_TABLE),
    File("excel xml with mark.xls", lambda: b"\xef\xbb\xbf" + XML, Refusal.NOT_A_TABLE),
    File("excel html.xls", lambda: HTML.encode(), Refusal.NOT_A_TABLE),
    File("excel html in windows 1251.xls", lambda: HTML.encode("cp1251"), Refusal.NOT_A_TABLE),
    File("excel html in utf 16.xls", lambda: b"\xff\xfe" + HTML.encode("utf-16-le"), Refusal.NO_HEADER),
    File("mail page.mht", lambda: b"MIME-Version: 1.0\r\n\r\n" + HTML.encode(), Refusal.NO_HEADER),
    File("binary excel.xlsb", lambda: repacked(plain(), BINARY), Refusal.OTHER_FORMAT),
    File("apple.numbers", lambda: repacked(plain(), NUMBERS), Refusal.OTHER_FORMAT),
    File("text called excel.xls", lambda: csv(HEADER, ALI, VALI, separator="\t")),
    File("text called workbook.xlsx", lambda: csv(HEADER, ALI, VALI, separator=";", encoding="utf-16")),
    File("workbook called text.csv", plain),
    File("packed.csv.gz", lambda: gzip.compress(csv(HEADER, ALI), mtime=0), Refusal.NOT_A_TABLE),
    File("excel 4.xls", lambda: b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00\x0a\x00\x00\x00", Refusal.NOT_A_TABLE),
    File("symbolic link.slk", lambda: b'ID;PWXL;N;E\r\nC;Y1;X1;K"E-mail"\r\nE\r\n', Refusal.NO_HEADER),
    File("program.csv", lambda: b"MZ\x90\x00\x03\x00\x00\x00\x04\x00", Refusal.NOT_A_TABLE),
]
