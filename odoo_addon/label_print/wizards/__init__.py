from . import label_print_template_editor
from . import label_print_wizard
from . import label_print_wizard_jobs
from . import label_print_wizard_value
from . import label_print_reprint
from . import label_print_resolve
