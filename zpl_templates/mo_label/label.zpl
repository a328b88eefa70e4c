{#- 57 x 32 mm, in millimetres.

    3 mm stay white left and right: the quiet zone of the bar code, and room for a roll that sits askew. Everything
    begins at the same edge, and what is read first is largest: product, number, code, order. -#}

{%- set number = serial or lot or mo.name -%}
^XA

{#- The product: large on one line if it fits, else smaller on two, else small on three. #}
{%- if product|fit(width=51, height=5.25, lines=1) == product %}
^FO3,3.5^A0N,5.25,5.25^FH_^FD{{ product }}^FS
{%- elif product|fit(width=51, height=3.75, lines=2) == product %}
^FO3,2.25^A0N,3.75,3.75^FB51,2,0.25,L^FH_^FD{{ product }}^FS
{%- else %}
^FO3,1.5^A0N,3,3^FB51,3,0.125,L^FH_^FD{{ product|fit(width=51, height=3, lines=3) }}^FS
{%- endif %}

{#- Its code on the left; on the right, which label of the job this is. #}
{%- set room = 36 if label.count < 1000 else 25.75 %}
^FO3,11.25^A0N,2.75,2.75^FH_^FD{{ code|fit(width=room, height=2.75, lines=1) }}^FS
^FO30.25,11.25^A0N,2.75,2.75^FB23.75,1,0,R^FH_^FD{{ label.index }} of {{ label.count }}^FS

{#- The bar code: a quarter of a millimetre a module up to 15 characters, which is what fits between the quiet zones;
    a longer number is narrower, as much as the print head can. Mode A packs digits, which leaves more white. #}
^FO3,14.75^BY{{ 0.25 if number|length <= 15 else 0.17 }}^BCN,8,N,N,N,A^FH_^FD{{ number }}^FS
{%- if number|fit(width=51, height=3.75, lines=1) == number %}
^FO3,23.625^A0N,3.75,3.75^FH_^FD{{ number }}^FS
{%- else %}
^FO3,24^A0N,2.75,2.75^FH_^FD{{ number|fit(width=51, height=2.75, lines=1) }}^FS
{%- endif %}

{#- Where it comes from, unless the bar code says so already. #}
{%- if serial or lot %}
{%- set room = 27 if lot and serial else 51 %}
{%- set size = 2.5 if mo.name|fit(width=room, height=2.5, lines=1) == mo.name else 2 %}
^FO3,28^A0N,{{ size }},{{ size }}^FH_^FD{{ mo.name|fit(width=room, height=size, lines=1) }}^FS
{%- endif %}
{%- if serial and lot %}
^FO31,28^A0N,2.5,2.5^FB23,1,0,R^FH_^FDLot {{ lot|fit(width=18.5, height=2.5, lines=1) }}^FS
{%- endif %}
^XZ
