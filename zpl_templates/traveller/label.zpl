{#- 100 x 150 mm: goes with the order through the shop, and is written on. Read first: which order, then what and how
    many. 6 mm of white at the edges; the steps have rows of 8.5 mm, room for a pen. -#}
^XA
^FO6,4.5^A0N,2.5,2.5^FDWORK ORDER^FS
^FO70,4.5^A0N,2.5,2.5^FB24,1,0,R^FH_^FD{{ label.index }} of {{ label.count }}^FS
{%- if mo.name|fit(width=88, height=10, lines=1) == mo.name %}
^FO6,8.25^A0N,10,10^FH_^FD{{ mo.name }}^FS
{%- else %}
^FO6,9.5^A0N,6,6^FH_^FD{{ mo.name|fit(width=88, height=6, lines=1) }}^FS
{%- endif %}
^FO6,19.5^BY{{ 0.375 if mo.name|length <= 14 else 0.25 if mo.name|length <= 28 else 0.17 }}^BCN,11,N,N,N,A^FH_^FD{{ mo.name }}^FS

{%- if product|fit(width=88, height=6, lines=1) == product %}
^FO6,34^A0N,6,6^FH_^FD{{ product }}^FS
{%- else %}
^FO6,33.25^A0N,4.25,4.25^FB88,2,0.25,L^FH_^FD{{ product|fit(width=88, height=4.25, lines=2) }}^FS
{%- endif %}
^FO6,43.5^A0N,3,3^FH_^FD{{ code|fit(width=88, height=3, lines=1) }}^FS

{#- Three columns: 6, 40 and 66 mm. #}
^FO6,49.5^A0N,2.5,2.5^FDQUANTITY^FS
{%- set amount = quantity ~ " " ~ unit %}
{%- if amount|fit(width=32, height=6, lines=1) == amount %}
^FO6,52.75^A0N,6,6^FH_^FD{{ amount }}^FS
{%- else %}
^FO6,52.5^A0N,4,4^FB32,2,0,L^FH_^FD{{ amount|fit(width=32, height=4, lines=2) }}^FS
{%- endif %}
{%- if due %}
^FO40,49.5^A0N,2.5,2.5^FDDUE^FS
^FO40,53.5^A0N,4,4^FH_^FD{{ due[:10] }}^FS
{%- endif %}
{%- if work_center %}
^FO66,49.5^A0N,2.5,2.5^FDWORK CENTER^FS
^FO66,53^A0N,3,3^FB28,2,0.125,L^FH_^FD{{ work_center|fit(width=28, height=3, lines=2) }}^FS
{%- endif %}
^FO6,62^GB88,0.375,0.375^FS

^FO6,64^A0N,2.25,2.25^FDDONE^FS
^FO14,64^A0N,2.25,2.25^FDSTEP^FS
^FO66,64^A0N,2.25,2.25^FDGOOD / SCRAP / INITIALS^FS
{%- for step in [step_1, step_2, step_3, step_4, step_5, step_6, step_7, step_8] %}
{%- if step %}
{%- set top = 59.5 + loop.index * 8.5 %}
^FO6,{{ top }}^GB5,5,0.25^FS
{%- if step|fit(width=49, height=3.5, lines=1) == step %}
^FO14,{{ top + 1.25 }}^A0N,3.5,3.5^FH_^FD{{ step }}^FS
{%- else %}
^FO14,{{ top }}^A0N,2.75,2.75^FB49,2,0,L^FH_^FD{{ step|fit(width=49, height=2.75, lines=2) }}^FS
{%- endif %}
^FO66,{{ top + 5 }}^GB28,0.25,0.25^FS
{%- endif %}
{%- endfor %}
^FO6,138^A0N,3,3^FB88,3,0.25,L^FH_^FD{{ note|fit(width=88, height=3, lines=3) }}^FS
^XZ
