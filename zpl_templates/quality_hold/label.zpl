{#- 100 x 75 mm: to be seen across the hall. White on black says stop, the reason stands below it in large letters,
    and what it is about follows. -#}
{%- set number = lot or serial or mo.name -%}
{%- set words = heading or "QUALITY HOLD" -%}
^XA
^FO3,3^GB94,17,17^FS
{%- if words|fit(width=88, height=12, lines=1) == words %}
^FO6,7^A0N,12,12^FB88,1,0,C^FR^FH_^FD{{ words }}^FS
{%- elif words|fit(width=88, height=9, lines=1) == words %}
^FO6,8.25^A0N,9,9^FB88,1,0,C^FR^FH_^FD{{ words }}^FS
{%- else %}
^FO6,9.25^A0N,6,6^FB88,1,0,C^FR^FH_^FD{{ words|fit(width=88, height=6, lines=1) }}^FS
{%- endif %}

{%- if reason|fit(width=92, height=7, lines=2) == reason %}
^FO4,23.5^A0N,7,7^FB92,2,0.25,L^FH_^FD{{ reason }}^FS
{%- else %}
^FO4,23.5^A0N,4.75,4.75^FB92,3,0.25,L^FH_^FD{{ reason|fit(width=92, height=4.75, lines=3) }}^FS
{%- endif %}
{%- if product|fit(width=60, height=4, lines=1) == product %}
^FO4,40^A0N,4,4^FH_^FD{{ product }}^FS
{%- else %}
^FO4,39.25^A0N,3,3^FB60,2,0,L^FH_^FD{{ product|fit(width=60, height=3, lines=2) }}^FS
{%- endif %}
^FO4,46^A0N,2.75,2.75^FH_^FD{{ code|fit(width=60, height=2.75, lines=1) }}^FS

^FO4,51^BY{{ 0.375 if number|length <= 15 else 0.25 }}^BCN,10,N,N,N,A^FH_^FD{{ number }}^FS
^FO4,62.5^A0N,4,4^FH_^FD{{ number|fit(width=92, height=4, lines=1) }}^FS
{%- if quantity %}
^FO68,40^A0N,2.25,2.25^FDQUANTITY^FS
{%- set amount = quantity ~ " " ~ unit %}
{%- if amount|fit(width=28, height=5.5, lines=1) == amount %}
^FO68,43.25^A0N,5.5,5.5^FH_^FD{{ amount }}^FS
{%- else %}
^FO68,42.75^A0N,3.5,3.5^FB28,2,0,L^FH_^FD{{ amount|fit(width=28, height=3.5, lines=2) }}^FS
{%- endif %}
{%- endif %}
{%- if held_by %}
^FO4,69.5^A0N,2.75,2.75^FH_^FDHeld by {{ held_by|fit(width=48, height=2.75, lines=1) }}^FS
{%- endif %}
{%- if held_on %}
^FO68,69.5^A0N,2.75,2.75^FH_^FD{{ held_on[:10] }}^FS
{%- endif %}
^XZ
