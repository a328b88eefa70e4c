{#- 100 x 50 mm: for a rack, read from the aisle. The place is as large as the label allows; the bar code has wide modules
    and low white around it, for a reader held from a truck. -#}
^XA
{%- if location|fit(width=92, height=18, lines=1) == location %}
^FO4,4.5^A0N,18,18^FH_^FD{{ location }}^FS
{%- elif location|fit(width=92, height=11, lines=1) == location %}
^FO4,7.5^A0N,11,11^FH_^FD{{ location }}^FS
{%- else %}
^FO4,4.5^A0N,8,8^FB92,2,0.25,L^FH_^FD{{ location|fit(width=92, height=8, lines=2) }}^FS
{%- endif %}
{%- if path|fit(width=92, height=3.5, lines=1) == path %}
^FO4,21.5^A0N,3.5,3.5^FH_^FD{{ path }}^FS
{%- else %}
^FO4,20.75^A0N,2.5,2.5^FB92,2,0,L^FH_^FD{{ path|fit(width=92, height=2.5, lines=2) }}^FS
{%- endif %}
^FO4,27.5^BY{{ 0.375 if barcode|length <= 15 else 0.25 }}^BCN,14,N,N,N,A^FH_^FD{{ barcode }}^FS
^FO4,43.5^A0N,3.5,3.5^FH_^FD{{ barcode|fit(width=92, height=3.5, lines=1) }}^FS
^XZ
