"""Upkeep while developing. The admin is routed in DEBUG only; people set up agreements on the product's own pages."""

from django.contrib import admin

from budget.models import Agreement, AmountLine, Centre, Committee, Item, Party, Section

admin.site.register([Agreement, AmountLine, Centre, Committee, Item, Party, Section])
