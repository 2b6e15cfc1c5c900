"""Spreadsheets in and out: guard, reading, columns, widgets, places, writing, resources. No models here."""
