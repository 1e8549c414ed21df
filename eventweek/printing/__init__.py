"""Printing: what is put on paper: the programme book, sheets at the doors, posters.

A paper is ordered as a job, set by the worker and kept as a PDF. The book that everybody may read is made once for each
release and language. Words: paper (印品), print job (印制任务), book (活动手册), door sheet (门口单), poster (海报).
"""
