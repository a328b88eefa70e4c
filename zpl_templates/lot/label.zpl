{#- 100 x 50 mm: for a shelf or a drum, read at arm's length. Two columns on one grid: 4 mm of white at the edges, the
    second column at 66 mm. What is read first is largest: the lot, then the product. -#}
^XA
{#- The product, on one line or on two. #}
{%- if product|fit(width=92, height=6, lines=1) == product %}
^FO4,4.5^A0N,6,6^FH_^FD{{ product }}^FS
{%- else %}
^FO4,3.5^A0N,4,4^FB92,2,0.25,L^FH_^FD{{ product|fit(width=92, height=4, lines=2) }}^FS
{%- endif %}
{%- if code|fit(width=58, height=3, lines=1) == code %}
^FO4,13^A0N,3,3^FH_^FD{{ code }}^FS
{%- else %}
^FO4,12.25^A0N,2.25,2.25^FB58,2,0,L^FH_^FD{{ code|fit(width=58, height=2.25, lines=2) }}^FS
{%- endif %}
{%- if mo.name|fit(width=30, height=3, lines=1) == mo.name %}
^FO66,13^A0N,3,3^FH_^FD{{ mo.name }}^FS
{%- else %}
^FO66,12.25^A0N,2.25,2.25^FB30,2,0,L^FH_^FD{{ mo.name|fit(width=30, height=2.25, lines=2) }}^FS
{%- endif %}

{#- The lot in the largest letters it fits in. #}
^FO4,18^A0N,2.25,2.25^FDLOT^FS
{%- if lot|fit(width=58, height=7.5, lines=1) == lot %}
^FO4,20.75^A0N,7.5,7.5^FH_^FD{{ lot }}^FS
{%- elif lot|fit(width=58, height=5, lines=1) == lot %}
^FO4,21.5^A0N,5,5^FH_^FD{{ lot }}^FS
{%- else %}
^FO4,20.5^A0N,3.75,3.75^FB58,2,0,L^FH_^FD{{ lot }}^FS
{%- endif %}
{%- if expiry %}
^FO66,18^A0N,2.25,2.25^FDUSE BY^FS
^FO66,21.5^A0N,5,5^FH_^FD{{ expiry[:10] }}^FS
{%- endif %}

{#- The bar code, over the whole width: wide modules while they fit. #}
^FO4,29.5^BY{{ 0.375 if lot|length <= 15 else 0.25 }}^BCN,10.5,N,N,N,A^FH_^FD{{ lot }}^FS
{%- if quantity %}
{%- set amount = quantity ~ " " ~ unit %}
{%- if amount|fit(width=38, height=4, lines=1) == amount %}
^FO4,43^A0N,4,4^FH_^FD{{ amount }}^FS
{%- else %}
^FO4,42^A0N,2.75,2.75^FB38,2,0,L^FH_^FD{{ amount|fit(width=38, height=2.75, lines=2) }}^FS
{%- endif %}
{%- endif %}
{%- if made %}
^FO44,44^A0N,3,3^FH_^FDMade {{ made[:10] }}^FS
{%- endif %}
^FO72,44^A0N,3,3^FB24,1,0,R^FH_^FD{{ label.index }} of {{ label.count }}^FS
^XZ
