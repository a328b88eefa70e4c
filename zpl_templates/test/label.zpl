{#- A test print, 57 x 32 mm. The frame shows whether the label sits straight and whole, the ladder of bars whether thin
    lines print, the bar code whether it can be read. -#}
^XA
^FO1,1^GB55,30,0.25^FS
^FO4,3^A0N,3.75,3.75^FH_^FD{{ (printer or "Test print")|fit(width=49, height=3.75, lines=1) }}^FS
^FO4,7.75^A0N,2.5,2.5^FH_^FD{{ note|fit(width=49, height=2.5, lines=1) }}^FS
^FO4,12^BY0.25^BCN,7.5,N,N,N,A^FH_^FDTEST^FS
{%- for step in range(8) %}
^FO{{ 29.5 + step * 3 }},12^GB{{ (step + 1) / 8 }},7.5,{{ (step + 1) / 8 }}^FS
{%- endfor %}
^FO4,21.5^A0N,2.75,2.75^FH_^FDABC abc 0123456789 äöüß éèç ñ €^FS
^FO4,25.75^A0N,2.75,2.75^FH_^FDLabel {{ label.index }} of {{ label.count }}^FS
^XZ
