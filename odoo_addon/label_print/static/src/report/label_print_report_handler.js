import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/**
 * Sends a ZPL report to a label printer in place of a download, if it is set so.
 *
 * The Print menu, wizards and Odoo's own automatic printing all come through here. Without the
 * right to print labels everything stays as Odoo does it.
 */
export async function printReport(action, options, env) {
    if (action.report_type !== "qweb-text" || !(await user.hasGroup("label_print.group_user"))) {
        return false;
    }
    const hasData = action.data && Object.keys(action.data).length > 0;
    const recordIds = hasData ? [] : action.context?.active_ids || [];
    const answer = await env.services.orm.call(
        "label.print.job",
        "print_report",
        [action.report_name, recordIds, action.data || {}],
        { context: { ...user.context, ...action.context } }
    );
    if (!answer.job_id) {
        return false;
    }
    const close = env.services.notification.add(answer.message, {
        type: answer.type,
        autocloseDelay: 8000,
        buttons: [
            {
                name: _t("Open"),
                primary: true,
                onClick: () => {
                    close();
                    env.services.action.doAction({
                        type: "ir.actions.act_window",
                        res_model: "label.print.job",
                        res_id: answer.job_id,
                        views: [[false, "form"]],
                    });
                },
            },
        ],
        className: "o_label_print_report_notification",
    });
    return true;
}

registry
    .category("ir.actions.report handlers")
    .add("label_print", printReport, { sequence: 20 });
