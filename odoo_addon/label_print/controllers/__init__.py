from . import label_print_export
