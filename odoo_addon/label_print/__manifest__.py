{
    "name": "Label Print",
    "summary": "Print the labels of manufacturing orders on Zebra printers "
    "and watch every label come out",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Manufacturing",
    "author": "Platen contributors",
    "license": "LGPL-3",
    "depends": ["mrp"],
    "external_dependencies": {"python": ["requests"]},
    "data": [
        "security/label_print_groups.xml",
        "security/ir.model.access.csv",
        "security/label_print_rules.xml",
        "data/ir_cron.xml",
        "views/label_print_job_views.xml",
        "views/printer_configuration_views.xml",
        "views/label_print_rule_views.xml",
        "views/ir_actions_report_views.xml",
        "views/mrp_production_views.xml",
        "views/res_config_settings_views.xml",
        "views/label_print_menus.xml",
    ],
    "demo": ["demo/label_print_rule_demo.xml"],
    "assets": {
        "web.assets_backend": ["label_print/static/src/**/*"],
        "web.assets_tests": ["label_print/static/tests/tours/**/*"],
    },
}
