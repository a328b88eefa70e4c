{#- 100 x 150 mm, in the three parts of a GS1 logistic label: who to whom, what, and the bar codes, the SSCC lowest and
    largest. 6 mm of white at the edges; rules part the blocks. GS1 wants half a millimetre a module, and ten dots are
    the widest that a print head of 600 dpi makes. -#}
^XA
{%- set wide = 0.5 if label.dpmm < 24 else 0.41 %}
^FO6,4.5^A0N,3.5,3.5^FH_^FD{{ sender|fit(width=62, height=3.5, lines=1) }}^FS
^FO70,4.5^A0N,3.5,3.5^FB24,1,0,R^FH_^FD{{ label.index }} of {{ label.count }}^FS
^FO6,9.5^GB88,0.375,0.375^FS

{%- if ship_to %}
^FO6,11.5^A0N,2.5,2.5^FDSHIP TO^FS
{%- if ship_to|fit(width=60, height=4.75, lines=4) == ship_to %}
^FO6,15^A0N,4.75,4.75^FB60,4,0.25,L^FH_^FD{{ ship_to }}^FS
{%- else %}
^FO6,14.75^A0N,3.25,3.25^FB60,6,0.125,L^FH_^FD{{ ship_to|fit(width=60, height=3.25, lines=6) }}^FS
{%- endif %}
{%- endif %}
{%- if order %}
^FO70,11.5^A0N,2.5,2.5^FDORDER^FS
{%- if order|fit(width=24, height=4.75, lines=1) == order %}
^FO70,15^A0N,4.75,4.75^FH_^FD{{ order }}^FS
{%- else %}
^FO70,15^A0N,3,3^FB24,4,0.25,L^FH_^FD{{ order|fit(width=24, height=3, lines=4) }}^FS
{%- endif %}
{%- endif %}
^FO6,36.5^GB88,0.375,0.375^FS

^FO6,38.5^A0N,2.5,2.5^FDCONTENT^FS
{%- if product|fit(width=88, height=6, lines=1) == product %}
^FO6,42^A0N,6,6^FH_^FD{{ product }}^FS
{%- else %}
^FO6,41.75^A0N,4,4^FB88,2,0.25,L^FH_^FD{{ product|fit(width=88, height=4, lines=2) }}^FS
{%- endif %}

{#- Four columns of facts. #}
{%- if gtin %}
^FO6,52^A0N,2.5,2.5^FDGTIN^FS
^FO6,55.5^A0N,3.5,3.5^FH_^FD{{ gtin }}^FS
{%- endif %}
{%- if quantity %}
^FO34,52^A0N,2.5,2.5^FDCOUNT^FS
^FO34,55.5^A0N,3.5,3.5^FH_^FD{{ quantity }}^FS
{%- endif %}
{%- if lot %}
^FO49,52^A0N,2.5,2.5^FDBATCH^FS
{%- if lot|fit(width=23, height=3.5, lines=1) == lot %}
^FO49,55.5^A0N,3.5,3.5^FH_^FD{{ lot }}^FS
{%- else %}
^FO49,55.25^A0N,2.25,2.25^FB23,2,0,L^FH_^FD{{ lot|fit(width=23, height=2.25, lines=2) }}^FS
{%- endif %}
{%- endif %}
{%- if expiry %}
^FO73,52^A0N,2.5,2.5^FDBEST BEFORE^FS
^FO73,55.5^A0N,3.5,3.5^FH_^FD{{ expiry[:10] }}^FS
{%- endif %}
^FO6,61.5^GB88,0.375,0.375^FS

{#- What is on it: GTIN and count. #}
{%- if gtin and quantity %}
{%- set content = gs1(content=gtin, count=quantity) %}
^FO6,64.5^BY{{ wide if quantity < 10000 else 0.375 }}^BCN,18,N,N,N,D^FH_^FD{{ content }}^FS
^FO6,83.5^A0N,3,3^FH_^FD{{ content }}^FS
{%- endif %}
{#- Best before, and the batch, which may be as long as it likes. #}
{%- if lot or expiry %}
{%- set batch = gs1(best_before=expiry[:10], lot=lot) %}
^FO6,88.5^BY{{ 0.375 if lot|length <= 10 else 0.25 }}^BCN,18,N,N,N,D^FH_^FD{{ batch }}^FS
^FO6,107.5^A0N,3,3^FH_^FD{{ batch }}^FS
{%- endif %}
{%- set unit = gs1(sscc=sscc) %}
^FO6,112.5^BY{{ wide }}^BCN,28,N,N,N,D^FH_^FD{{ unit }}^FS
^FO6,142^A0N,4.5,4.5^FH_^FD{{ unit }}^FS
^XZ
