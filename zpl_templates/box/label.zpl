{#- 100 x 75 mm: for the side of a box, read from two steps away. How many of what stands largest; a rule parts what
    is in the box from what the box is called. 4 mm of white at the edges, the second column at 58 mm. -#}
^XA
{%- if product|fit(width=92, height=7, lines=1) == product %}
^FO4,4.5^A0N,7,7^FH_^FD{{ product }}^FS
{%- else %}
^FO4,3.5^A0N,4.5,4.5^FB92,2,0.25,L^FH_^FD{{ product|fit(width=92, height=4.5, lines=2) }}^FS
{%- endif %}
{%- if code|fit(width=50, height=3.5, lines=1) == code %}
^FO4,14.25^A0N,3.5,3.5^FH_^FD{{ code }}^FS
{%- else %}
^FO4,13.75^A0N,2.5,2.5^FB50,2,0.25,L^FH_^FD{{ code|fit(width=50, height=2.5, lines=2) }}^FS
{%- endif %}
{%- if mo.name|fit(width=38, height=3.5, lines=1) == mo.name %}
^FO58,14.25^A0N,3.5,3.5^FH_^FD{{ mo.name }}^FS
{%- else %}
^FO58,13.75^A0N,2.5,2.5^FB38,2,0.25,L^FH_^FD{{ mo.name|fit(width=38, height=2.5, lines=2) }}^FS
{%- endif %}

^FO4,21.5^A0N,2.25,2.25^FDQUANTITY^FS
{%- set amount = quantity ~ " " ~ unit %}
{%- if amount|fit(width=50, height=14, lines=1) == amount %}
^FO4,25^A0N,14,14^FH_^FD{{ amount }}^FS
{%- elif amount|fit(width=50, height=8, lines=1) == amount %}
^FO4,26.5^A0N,8,8^FH_^FD{{ amount }}^FS
{%- else %}
^FO4,25.5^A0N,5.5,5.5^FB50,2,0.25,L^FH_^FD{{ amount|fit(width=50, height=5.5, lines=2) }}^FS
{%- endif %}

{%- if lot %}
^FO58,21.5^A0N,2.25,2.25^FDLOT^FS
{%- if lot|fit(width=38, height=4.25, lines=1) == lot %}
^FO58,24.5^A0N,4.25,4.25^FH_^FD{{ lot }}^FS
{%- else %}
^FO58,24.25^A0N,2.75,2.75^FB38,2,0,L^FH_^FD{{ lot|fit(width=38, height=2.75, lines=2) }}^FS
{%- endif %}
{%- endif %}
{%- if expiry %}
^FO58,30.75^A0N,2.25,2.25^FDUSE BY^FS
^FO58,33.75^A0N,4.25,4.25^FH_^FD{{ expiry[:10] }}^FS
{%- endif %}

^FO4,41.5^GB92,0.25,0.25^FS

{#- The box itself: its bar code at 0.375 mm a module while that fits. #}
^FO4,44.5^BY{{ 0.375 if package|length <= 15 else 0.25 }}^BCN,15,N,N,N,A^FH_^FD{{ package }}^FS
{%- if package|fit(width=92, height=5, lines=1) == package %}
^FO4,61.5^A0N,5,5^FH_^FD{{ package }}^FS
{%- else %}
^FO4,62^A0N,4,4^FH_^FD{{ package|fit(width=92, height=4, lines=1) }}^FS
{%- endif %}
^FO4,68.5^A0N,3.5,3.5^FH_^FD{{ destination|fit(width=62, height=3.5, lines=1) }}^FS
^FO66,68.5^A0N,3.5,3.5^FB30,1,0,R^FH_^FD{{ label.index }} of {{ label.count }}^FS
^XZ
