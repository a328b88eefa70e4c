-- A copy of the database forgets where the labels come out, and does not ask again.
UPDATE ir_config_parameter
   SET value = ''
 WHERE key IN ('label_print.api_url', 'label_print.api_key', 'label_print.mode', 'label_print.webhook_url');
-- Jobs under way are the original's: sent from here as well, to whatever service is set up next, they would print twice.
UPDATE label_print_job
   SET status = 'cancelled',
       error_message = 'This database is a copy: the original prints these labels.',
       attention = NULL,
       attention_code = NULL,
       attention_action = NULL,
       attention_since = NULL,
       finished_at = now() AT TIME ZONE 'UTC'
 WHERE status IN ('pending', 'sent', 'queued', 'printing');
-- Reports are files again.
UPDATE ir_act_report_xml
   SET label_print_to = 'download'
 WHERE label_print_to <> 'download';
-- Wishes are for the printers of the original.
DELETE FROM label_print_wish;
UPDATE ir_cron
   SET active = false
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE module = 'label_print'
          AND model = 'ir.cron'
       );
