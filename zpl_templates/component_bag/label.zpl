{#- 57 x 32 mm: for a bag of parts beside the work place. How many is largest; the Data Matrix of the part's code stands
    at the right, 40 mm from the left edge. -#}
^XA
{%- if product|fit(width=51, height=4.5, lines=1) == product %}
^FO3,3^A0N,4.5,4.5^FH_^FD{{ product }}^FS
{%- else %}
^FO3,2.25^A0N,3.25,3.25^FB51,2,0.125,L^FH_^FD{{ product|fit(width=51, height=3.25, lines=2) }}^FS
{%- endif %}
{%- if code|fit(width=35, height=2.5, lines=1) == code %}
^FO3,9.75^A0N,2.5,2.5^FH_^FD{{ code }}^FS
{%- else %}
^FO3,9^A0N,2,2^FB35,2,0.25,L^FH_^FD{{ code|fit(width=35, height=2, lines=2) }}^FS
{%- endif %}

{%- set amount = quantity ~ " " ~ unit %}
{%- if amount|fit(width=34, height=9, lines=1) == amount %}
^FO3,13.75^A0N,9,9^FH_^FD{{ amount }}^FS
{%- elif amount|fit(width=34, height=5, lines=1) == amount %}
^FO3,15^A0N,5,5^FH_^FD{{ amount }}^FS
{%- else %}
^FO3,14.5^A0N,3.75,3.75^FB34,2,0,L^FH_^FD{{ amount|fit(width=34, height=3.75, lines=2) }}^FS
{%- endif %}
^FO40,10^BXN,{{ 0.75 if code|length <= 16 else 0.5 }},200,,,,_^FH_^FD{{ code }}^FS

^FO3,23.5^A0N,2.75,2.75^FH_^FD{{ operation|fit(width=34, height=2.75, lines=1) }}^FS
{%- set room = 25 if lot else 51 %}
{%- if mo.name|fit(width=room, height=2.75, lines=1) == mo.name %}
^FO3,27.5^A0N,2.75,2.75^FH_^FD{{ mo.name }}^FS
{%- else %}
^FO3,27^A0N,2,2^FB25,2,0,L^FH_^FD{{ mo.name|fit(width=25, height=2, lines=2) }}^FS
{%- endif %}
{%- if lot %}
{%- set batch = "Lot " ~ lot %}
{%- if batch|fit(width=25, height=2.75, lines=1) == batch %}
^FO29,27.5^A0N,2.75,2.75^FB25,1,0,R^FH_^FD{{ batch }}^FS
{%- else %}
^FO29,27^A0N,2,2^FB25,2,0,R^FH_^FD{{ lot|fit(width=25, height=2, lines=2) }}^FS
{%- endif %}
{%- endif %}
^XZ
