from . import ir_http
from . import ir_websocket
from . import label_print_job
from . import label_print_outbox
from . import label_print_report
from . import mrp_production
from . import printer_configuration
from . import res_config_settings
