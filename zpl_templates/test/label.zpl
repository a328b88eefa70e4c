{#- A test print, 57 x 32 mm at 8 dots per mm. The frame shows whether the label sits straight and whole, the ladder
    of bars whether single dots print, the bar code whether it can be read. -#}
^XA
^FO8,8^GB440,240,2^FS
^FO24,24^A0N,30,30^FH_^FD{{ (printer or "Test print")|fit(width=408, height=30, lines=1) }}^FS
^FO24,62^A0N,20,20^FH_^FD{{ note|fit(width=408, height=20, lines=1) }}^FS
^FO24,96^BY2^BCN,60,N,N,N,A^FH_^FDTEST^FS
{%- for step in range(8) %}
^FO{{ 228 + step * 24 }},96^GB{{ step + 1 }},60,{{ step + 1 }}^FS
{%- endfor %}
^FO24,172^A0N,22,22^FH_^FDABC abc 0123456789 äöüß éèç ñ €^FS
^FO24,206^A0N,22,22^FH_^FDLabel {{ label.index }} of {{ label.count }}^FS
^XZ
