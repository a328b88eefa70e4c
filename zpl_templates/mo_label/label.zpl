{#- 57 x 32 mm at 8 dots per mm: 456 x 256 dots.

    24 dots stay white left and right: the quiet zone of the bar code, and room for a roll that sits askew.
    Everything begins at the same 24 dots, and what is read first is largest: product, number, code, order. -#}

{%- set number = serial or lot or mo.name -%}
^XA

{#- The product: large on one line if it fits, else smaller on two, else small on three. #}
{%- if product|fit(width=408, height=42, lines=1) == product %}
^FO24,28^A0N,42,42^FH_^FD{{ product }}^FS
{%- elif product|fit(width=408, height=30, lines=2) == product %}
^FO24,18^A0N,30,30^FB408,2,2,L^FH_^FD{{ product }}^FS
{%- else %}
^FO24,12^A0N,24,24^FB408,3,1,L^FH_^FD{{ product|fit(width=408, height=24, lines=3) }}^FS
{%- endif %}

{#- Its code on the left; on the right, which label of the job this is. #}
{%- set room = 290 if label.count < 1000 else 206 %}
^FO24,91^A0N,22,22^FH_^FD{{ code|fit(width=room, height=22, lines=1) }}^FS
^FO242,91^A0N,22,22^FB190,1,0,R^FH_^FD{{ label.index }} of {{ label.count }}^FS

{#- The bar code: two dots a module up to 15 characters, which is what fits between the quiet zones. Mode A packs
    digits, which leaves more white. #}
^FO24,118^BY{{ 2 if number|length <= 15 else 1 }}^BCN,64,N,N,N,A^FH_^FD{{ number }}^FS
^FO24,189^A0N,30,30^FH_^FD{{ number|fit(width=408, height=30, lines=1) }}^FS

{#- Where it comes from, unless the bar code says so already. #}
{%- if serial or lot %}
^FO24,224^A0N,20,20^FH_^FD{{ mo.name|fit(width=240, height=20, lines=1) }}^FS
{%- endif %}
{%- if serial and lot %}
^FO272,224^A0N,20,20^FB160,1,0,R^FH_^FDLot {{ lot|fit(width=124, height=20, lines=1) }}^FS
{%- endif %}
^XZ
