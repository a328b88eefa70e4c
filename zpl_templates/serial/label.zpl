{#- 57 x 32 mm: for the type plate of one piece. The GS1 DataMatrix stands left in a square of 16.5 mm; right of it, at
    22.5 mm, what people read; below, what the code says, as GS1 asks for. -#}
^XA
{#- Larger squares while the code has few. #}
{%- set code = gs1(gtin=gtin, serial=serial, lot=lot) %}
^FO3,3^BXN,{{ 0.75 if not lot and serial|length <= 12 else 0.5 }},200,,,,_^FH_^FD{{ code }}^FS

{%- if product|fit(width=31.5, height=3.75, lines=2) == product %}
^FO22.5,2.75^A0N,3.75,3.75^FB31.5,2,0.25,L^FH_^FD{{ product }}^FS
{%- else %}
^FO22.5,2.5^A0N,2.75,2.75^FB31.5,3,0.125,L^FH_^FD{{ product|fit(width=31.5, height=2.75, lines=3) }}^FS
{%- endif %}

^FO22.5,12^A0N,2,2^FDSERIAL NUMBER^FS
{%- if serial|fit(width=31.5, height=5, lines=1) == serial %}
^FO22.5,14.5^A0N,5,5^FH_^FD{{ serial }}^FS
{%- else %}
^FO22.5,14.25^A0N,2.75,2.75^FB31.5,2,0,L^FH_^FD{{ serial }}^FS
{%- endif %}

^FO3,21.5^A0N,2.5,2.5^FH_^FD(01) {{ gtin }}^FS
^FO3,24.5^A0N,2.5,2.5^FH_^FD(21) {{ serial|fit(width=46, height=2.5, lines=1) }}^FS
{%- if lot %}
^FO3,27.5^A0N,2.5,2.5^FH_^FD(10) {{ lot|fit(width=46, height=2.5, lines=1) }}^FS
{%- endif %}
{%- if label.count > 1 %}
^FO34,21.5^A0N,2.5,2.5^FB20,1,0,R^FH_^FD{{ label.index }} of {{ label.count }}^FS
{%- endif %}
^XZ
