^XA
^FO16,16^A0N,34,34^FB424,2,0,L^FH_^FD{{ product }}^FS
^FO16,100^BY2^BCN,70,N,N,N^FH_^FD{{ serial or lot or mo.name }}^FS
^FO16,220^A0N,22,22^FH_^FD{{ mo.name }} {{ code }} {{ label.index }}/{{ label.count }}^FS
^XZ
